using System.Text;
using OptimizationGateway.Gateway.IntegrationTests.Inspection;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>HEAD is answered as GET is, without the body (RFC 9110 section 9.3.2), on both ports.</summary>
public sealed class HeadTests(HeadTests.OneGateway shared) : IClassFixture<HeadTests.OneGateway>
{
    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    /// <summary>Headers that a HEAD may leave out, or that differ from one answer to the next.</summary>
    private static readonly string[] OfTheBody = ["Date", "Last-Modified", "Transfer-Encoding", "Content-Length"];

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/console.js", 200)]
    [InlineData("/console.css", 200)]
    [InlineData("/console.json", 200)]
    [InlineData("/health/live", 200)]
    [InlineData("/health/ready", 200)]
    [InlineData("/metrics", 200)]
    [InlineData("/openapi.json", 200)]
    [InlineData("/asyncapi.json", 200)]
    [InlineData("/nothing", 404)]
    public async Task Of_the_gateway(string path, int status)
    {
        await AssertSameAsync(shared.Gateway.HttpUrl, path, status);
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/inspector.js", 200)]
    [InlineData("/console.css", 200)]
    [InlineData("/inspector/connections", 200)]
    [InlineData("/inspector/connections/none", 404)]
    [InlineData("/inspector/jobs/job-1", 200)]
    [InlineData("/inspector/jobs?id=job-1", 200)]
    [InlineData("/inspector/ended", 200)]
    public async Task Of_the_inspector(string path, int status)
    {
        await AssertSameAsync(shared.Gateway.InspectorUrl!, path, status);
    }

    [Theory]
    [InlineData("/", false)]
    [InlineData("/console.json", false)]
    [InlineData("/", true)]
    [InlineData("/inspector/connections", true)]
    public async Task Allow_has_it_too(string path, bool ofInspector)
    {
        var url = ofInspector ? shared.Gateway.InspectorUrl! : shared.Gateway.HttpUrl;

        var answer = await AskAsync(url, "PUT", path);

        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer.Headers["Allow"]));
    }

    [Fact]
    public async Task It_needs_the_key_where_GET_does_and_is_logged_as_one()
    {
        await using var gateway = await StartAsync();

        Assert.Equal(401, (await AskAsync(gateway.InspectorUrl!, "HEAD", "/inspector/ended", key: null)).Status);
        Assert.Equal(200, (await AskAsync(gateway.InspectorUrl!, "HEAD", "/inspector/ended")).Status);
        Assert.Single(gateway.Log.GetSnapshot(), line => line.Message.EndsWith(" read /inspector/ended.", StringComparison.Ordinal));
    }

    private static Task<TestGateway> StartAsync() =>
        TestGateway.StartAsync(NoBackend, time: null, [.. InspectorClient.Settings, "Gateway:Telemetry:Prometheus=true"]);

    private static async Task AssertSameAsync(Uri url, string path, int status)
    {
        var (get, head) = (await AskAsync(url, "GET", path), await AskAsync(url, "HEAD", path));

        Assert.Equal((status, status), (get.Status, head.Status));
        Assert.NotEmpty(get.Body);
        Assert.Empty(head.Body);
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        if (head.Headers.TryGetValue("Content-Length", out var length))
        {
            Assert.Equal(Encoding.UTF8.GetByteCount(get.Body), int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static List<string> HeadersOf(RawHttpAnswer answer) =>
        [
            .. answer
                .Headers.Where(header => !OfTheBody.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .Select(header => $"{header.Key}: {header.Value}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>One request on a connection that ends after it, so that a body that shouldn't be there is seen.</summary>
    private static async Task<RawHttpAnswer> AskAsync(Uri url, string method, string path, string? key = InspectorClient.Key)
    {
        await using var client = await RawClient.ConnectAsync(url);
        var authorization = key is null ? "" : $"Authorization: Bearer {key}\r\n";
        await client.SendAsync(
            Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\n{authorization}\r\n")
        );
        var answer = await client.ReadHttpAsync(hasBody: method != "HEAD");
        return method == "HEAD" ? answer with { Body = Encoding.UTF8.GetString(await client.ReadRestAsync()) } : answer;
    }

    /// <summary>One gateway for all paths.</summary>
    public sealed class OneGateway : IAsyncLifetime
    {
        public TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
