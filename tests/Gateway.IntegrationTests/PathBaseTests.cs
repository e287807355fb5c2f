using System.Net;
using System.Net.Http.Json;
using System.Text;
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

    /// <summary>Spellings that the server or its routing takes for a path of ours, and a proxy that hides that path doesn't.</summary>
    [Theory]
    [InlineData("/METRICS")]
    [InlineData("/metrics/")]
    [InlineData("/%6detrics")]
    [InlineData("/%6detrics?access_token=a")]
    [InlineData("/x/../metrics")]
    [InlineData("/./metrics")]
    [InlineData("/Health/ready")]
    [InlineData("/health/live/")]
    [InlineData("/health%2Flive")]
    [InlineData("/WS/optimization")]
    [InlineData("/Console.js")]
    [InlineData("/%2e/metrics")]
    public async Task Only_what_is_written_exactly_so_is_there(string path)
    {
        await using var plain = await StartAsync("");
        await using var under = await StartAsync("/optimizer");

        Assert.Equal(404, await StatusAsync(plain, path));
        Assert.Equal(404, await StatusAsync(under, $"/optimizer{path}"));
    }

    [Theory]
    [InlineData("/metrics?a=b")]
    [InlineData("/metrics?access_token=a&b=c")]
    [InlineData("{gateway}/metrics")]
    public async Task What_is_written_exactly_so_is_there_whatever_follows(string target)
    {
        await using var gateway = await StartAsync("");

        Assert.Equal(
            200,
            await StatusAsync(
                gateway,
                target.Replace("{gateway}", gateway.HttpUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            )
        );
    }

    [Theory]
    [InlineData("/optimizer/", "text/html")]
    [InlineData("/optimizer/console.json", "application/json")]
    [InlineData("/optimizer/health/live", "application/json")]
    [InlineData("/optimizer/health/ready", "application/json")]
    [InlineData("/optimizer/metrics", "text/plain")]
    [InlineData("/optimizer/openapi.json", "application/json")]
    [InlineData("/optimizer/asyncapi.json", "application/json")]
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

    /// <summary>Sends the target as it is, where <see cref="HttpClient"/> would tidy it up.</summary>
    private static async Task<int> StatusAsync(TestGateway gateway, string target)
    {
        await using var client = await RawClient.ConnectAsync(gateway.HttpUrl);
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {gateway.HttpUrl.Authority}\r\n\r\n"));
        return (await client.ReadHttpAsync()).Status;
    }
}
