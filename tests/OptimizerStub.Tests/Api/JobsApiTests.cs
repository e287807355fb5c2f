using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Api;

public sealed class JobsApiTests : IDisposable
{
    private const string Good = """{"promptId":"p","datasetId":"support","config":{"iterationDelayMs":60000,"seed":4}}""";
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_job_is_created_shown_and_listed_newest_first()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var created = await SendAsync(stub, HttpMethod.Post, "/jobs", Good);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/jobs/job-1", created.Headers.Location?.OriginalString);
        var job = await BodyAsync(created);
        Assert.Equal("job-1", job.GetProperty("jobId").GetString());
        Assert.Equal(10, job.GetProperty("config").GetProperty("maxIterations").GetInt32());
        Assert.False(job.TryGetProperty("resultPromptId", out _));
        string[] members =
        [
            "state",
            "promptId",
            "datasetId",
            "iteration",
            "stage",
            "score",
            "bestScore",
            "lastEventId",
            "createdAt",
            "updatedAt",
        ];
        Assert.All(members, member => Assert.True(job.TryGetProperty(member, out _), member));

        using var second = await SendAsync(stub, HttpMethod.Post, "/jobs", Good);
        using var list = await SendAsync(stub, HttpMethod.Get, "/jobs");
        Assert.Equal(
            ["job-2", "job-1"],
            (await BodyAsync(list)).GetProperty("jobs").EnumerateArray().Select(j => j.GetProperty("jobId").GetString())
        );
        using var root = await SendAsync(stub, HttpMethod.Get, "/");
        Assert.Equal(["support", "faulty"], (await BodyAsync(root)).GetProperty("datasets").EnumerateArray().Select(d => d.GetString()));
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("{", "body")]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("""{"datasetId":"support"}""", "promptId")]
    [InlineData("""{"promptId":"","datasetId":"support"}""", "1 to 256")]
    [InlineData("""{"promptId":7,"datasetId":"support"}""", "promptId")]
    [InlineData("""{"promptId":"\ud800","datasetId":"support"}""", "promptId")]
    [InlineData("""{"promptId":"p"}""", "datasetId")]
    [InlineData("""{"promptId":"p","datasetId":"other"}""", "support, faulty")]
    [InlineData("""{"promptId":"p","datasetId":"support","extra":1}""", "extra")]
    [InlineData("""{"promptId":"p","promptId":"q","datasetId":"support"}""", "promptId")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":[]}""", "config must be an object")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"maxIteration":1}}""", "config.maxIteration is not known")]
    [InlineData(
        """{"promptId":"p","datasetId":"support","config":{"maxIterations":0}}""",
        "config.maxIterations must be a whole number from 1 to 100"
    )]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"maxIterations":101}}""", "1 to 100")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"maxIterations":1.5}}""", "1 to 100")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"maxIterations":"5"}}""", "1 to 100")]
    [InlineData(
        """{"promptId":"p","datasetId":"support","config":{"targetScore":1.1}}""",
        "config.targetScore must be a number from 0 to 1"
    )]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"patience":51}}""", "1 to 50")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"seed":-1}}""", "config.seed")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"iterationDelayMs":60001}}""", "0 to 60000")]
    [InlineData("""{"promptId":"p","datasetId":"support","config":{"maxAttempts":11}}""", "1 to 10")]
    public async Task A_bad_request_is_told_which_field_and_what_is_allowed(string body, string expected)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var response = await SendAsync(stub, HttpMethod.Post, "/jobs", body);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, expected);
    }

    [Theory]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound, "/nothing")]
    [InlineData("GET", "/jobs/job-9", HttpStatusCode.NotFound, "job-9")]
    [InlineData("POST", "/jobs/job-9/pause", HttpStatusCode.NotFound, "job-9")]
    [InlineData("POST", "/jobs/job-1/resume", HttpStatusCode.Conflict, "job-1 is running: resume is not allowed. Allowed: pause, cancel")]
    [InlineData("DELETE", "/jobs/job-1", HttpStatusCode.MethodNotAllowed, "DELETE")]
    [InlineData("GET", "/jobs/job-1/pause", HttpStatusCode.MethodNotAllowed, "GET")]
    public async Task Every_refusal_is_a_problem_in_words(string method, string path, HttpStatusCode status, string expected)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var created = await SendAsync(stub, HttpMethod.Post, "/jobs", Good);
        using var watch = stub.Watch("job-1");
        await watch.EventAsync();
        using var response = await SendAsync(stub, new HttpMethod(method), path);
        await AssertProblemAsync(response, status, expected);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    public async Task Writes_need_json(string contentType)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        foreach (var path in new[] { "/jobs", "/jobs/job-1/cancel" })
        {
            using var response = await SendAsync(stub, HttpMethod.Post, path, Good, contentType);
            await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "application/json");
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://console.example", HttpStatusCode.Created)]
    [InlineData("Host", "rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("Host", "localhost", HttpStatusCode.Created)]
    [InlineData("Host", "optimizer.internal", HttpStatusCode.Created)]
    public async Task Pages_elsewhere_and_names_that_are_not_ours_are_refused(string header, string value, HttpStatusCode status)
    {
        await using var stub = await StubHost.StartAsync(
            directory.Path,
            null,
            "--Stub:AllowedOrigins=https://console.example, https://other.example",
            "--Stub:AllowedHosts=optimizer.internal"
        );
        using var request = Request(HttpMethod.Post, "/jobs", Good);
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await stub.Http.SendAsync(request, Deadline.Token);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_preflight_is_answered_for_allowed_origins_only()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, "--Stub:AllowedOrigins=https://console.example");
        Assert.Equal("https://console.example", await AllowedOriginAsync(stub, "https://console.example"));
        Assert.Null(await AllowedOriginAsync(stub, "https://evil.example"));
    }

    private static async Task<string?> AllowedOriginAsync(StubHost stub, string origin)
    {
        using var request = Request(HttpMethod.Options, "/jobs");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        using var response = await stub.Http.SendAsync(request, Deadline.Token);
        return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string expected)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await BodyAsync(response);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SendAsync(
        StubHost stub,
        HttpMethod method,
        string path,
        string? body = null,
        string type = "application/json"
    ) => stub.Http.SendAsync(Request(method, path, body, type), Deadline.Token);

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body = null, string type = "application/json") =>
        new(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(Deadline.Token));
}
