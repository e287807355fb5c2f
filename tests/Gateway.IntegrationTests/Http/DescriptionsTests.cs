using System.Net;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>The descriptions for machines, as they are served. docs/schema has them as files, and tests/schema judges those.</summary>
public sealed class DescriptionsTests
{
    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    public static TheoryData<string> Files => ["openapi.json", "asyncapi.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task It_is_the_published_file_for_pages_of_any_origin(string file)
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend);

        using var answer = await AskAsync(gateway, $"/{file}", ("Origin", "https://elsewhere.example"));

        var published = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "schema", file), TestContext.Current.CancellationToken);
        Assert.Equal(published, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("*", string.Join(',', answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_client_that_has_it_gets_304(string file)
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend);
        using var first = await AskAsync(gateway, $"/{file}");

        using var second = await AskAsync(gateway, $"/{file}", ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Under_a_name_that_the_gateway_does_not_have_it_is_refused(string file)
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend);

        using var answer = await AskAsync(gateway, $"/{file}", ("Host", "evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(
            "host_not_allowed",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Gateway:PathBase=/optimizer", "/optimizer", "", "/optimizer")]
    [InlineData("Gateway:Proxies:Known=127.0.0.1", "", "/optimizer", "/optimizer")]
    [InlineData("Gateway:Proxies:Known=", "", "/optimizer", "/")]
    public async Task Its_servers_are_under_the_path_at_which_clients_see_the_gateway(
        string setting,
        string path,
        string prefix,
        string told
    )
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, setting);
        (string, string)[] headers = prefix.Length > 0 ? [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Prefix", prefix)] : [];

        using var openApi = await AskAsync(gateway, $"{path}/openapi.json", headers);
        using var asyncApi = await AskAsync(gateway, $"{path}/asyncapi.json", headers);

        Assert.Equal(told, (string?)(await JsonOf(openApi))["servers"]![0]!["url"]);
        Assert.Equal(told, (string?)(await JsonOf(asyncApi))["servers"]!["gateway"]!["pathname"]);
    }

    [Fact]
    public async Task Answers_have_the_members_that_it_describes()
    {
        await using var bridge = await JobsBridge.OpenAsync(1);
        new JobShelf().Put("a-1", 10).At(bridge.Backends[0]);
        var document = OpenApi.Read();

        var page = (await bridge.GetAsync("/jobs")).Problem;
        var job = (await bridge.GetAsync("/jobs/a-1")).Problem;
        var problem = (await bridge.GetAsync("/jobs/a-9")).Problem;

        Assert.Equal(["jobs"], NamesIn(page));
        Assert.Equal(document.MembersOf("job"), NamesIn(job));
        Assert.Equal(document.MembersOf("job"), NamesIn(page["jobs"]![0]!));
        Assert.Empty(NamesIn(problem).Except(document.MembersOf("problem"), StringComparer.Ordinal));
    }

    private static IEnumerable<string> NamesIn(JsonNode json) => json.AsObject().Select(member => member.Key);

    private static async Task<JsonNode> JsonOf(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    private static async Task<HttpResponseMessage> AskAsync(TestGateway gateway, string path, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.HttpUrl, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
