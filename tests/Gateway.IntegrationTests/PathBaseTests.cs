using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Gateway:PathBase: everything is under it, and nothing elsewhere. tests/Browser has the page there.</summary>
public sealed class PathBaseTests
{
    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Fact]
    public async Task The_socket_is_under_it()
    {
        await using var gateway = await StartAsync("/tools/optimizer");

        await using var client = await TestClient.ConnectAsync(
            new Uri($"{gateway.SocketUrl.GetLeftPart(UriPartial.Authority)}/tools/optimizer/ws/optimization")
        );

        Assert.Single(await client.SettleAsync());
    }

    [Theory]
    [InlineData("/optimizer/", "text/html")]
    [InlineData("/optimizer/console.json", "application/json")]
    [InlineData("/optimizer/health/live", "application/json")]
    [InlineData("/optimizer/health/ready", "application/json")]
    [InlineData("/optimizer/metrics", "text/plain")]
    public async Task Page_health_and_metrics_are_under_it(string path, string contentType)
    {
        await using var gateway = await StartAsync("/optimizer");

        using var answer = await AskAsync(gateway, path);

        Assert.Equal((HttpStatusCode.OK, contentType), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ws/optimization")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/optimizers/")]
    [InlineData("/Optimizer/")]
    [InlineData("/optimizer/nothing")]
    public async Task Elsewhere_is_nothing_and_it_says_where_to_go(string path)
    {
        await using var gateway = await StartAsync("/optimizer");

        using var answer = await AskAsync(gateway, path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        Assert.Equal("not_found", (string?)problem!["code"]);
        Assert.Contains("at /optimizer/ws/optimization, the page at /optimizer/.", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_slash_it_leads_to_the_page()
    {
        await using var gateway = await StartAsync("/optimizer");

        using var answer = await AskAsync(gateway, "/optimizer?job=job-1");

        Assert.Equal((HttpStatusCode.Found, "/optimizer/?job=job-1"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    private static Task<TestGateway> StartAsync(string pathBase) =>
        TestGateway.StartAsync(NoBackend, time: null, $"Gateway:PathBase={pathBase}", "Gateway:Telemetry:Prometheus=true");

    private static async Task<HttpResponseMessage> AskAsync(TestGateway gateway, string path)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        return await http.GetAsync(new Uri(gateway.HttpUrl, path), TestContext.Current.CancellationToken);
    }
}
