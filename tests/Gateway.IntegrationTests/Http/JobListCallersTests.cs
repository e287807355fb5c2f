using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>GET /jobs shows a caller the jobs that it may watch, and no other: PROTOCOL.md sections 7 and 11.</summary>
public sealed class JobListCallersTests : IDisposable
{
    private const string Page = "https://app.example.com";

    private readonly KeyFolder keys = new();

    public void Dispose() => keys.Dispose();

    [Fact]
    public async Task Jobs_that_the_token_does_not_cover_are_left_out_and_can_not_be_counted()
    {
        await using var bridge = await OpenAsync("Gateway:Security:Jwt:JobsClaim=jobs");
        var shelf = new JobShelf().At(bridge.Backends[0]);
        for (var i = 0; i < 20; i++)
        {
            shelf.Put($"a-mine-{i}", 100 + (2 * i)).Put($"a-secret-{i}", 101 + (2 * i));
        }

        var mine = Bearer("a-mine-*");
        var pages = await bridge.PagesAsync("?pageSize=3", turned: null, mine);
        var nothing = await bridge.ListAsync("", Bearer("b-*"));

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(i => $"a-mine-{i}"), pages.SelectMany(page => page));
        Assert.All(pages.SkipLast(1), page => Assert.Equal(3, page.Length));
        Assert.Equal("""{"jobs":[]}""", nothing.Body.ToJsonString());
        Assert.Equal((403, "forbidden"), await CodeOfAsync(bridge, "/jobs/a-secret-1", mine));
        Assert.Equal((200, null), await CodeOfAsync(bridge, "/jobs/a-mine-1", mine));
    }

    [Fact]
    public async Task Page_tokens_name_no_job()
    {
        await using var bridge = await OpenAsync("Gateway:Security:Jwt:JobsClaim=jobs");
        new JobShelf().Put("a-1", 1).Put("a-secret", 2).Put("a-2", 3).At(bridge.Backends[0]);

        var page = await bridge.ListAsync("?pageSize=1", Bearer("a-?", "a-1", "a-2"));

        var token = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(page.NextPageToken));
        Assert.DoesNotContain("a-", token, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_goes_to_the_backends_that_are_configured_so_and_to_no_other()
    {
        await using var bridge = await JobsBridge.OpenAsync(
            2,
            [keys.PemSetting, "Gateway:Backends:a:ForwardAuthorization=true", .. JwtText.Settings]
        );
        new JobShelf().Put("a-1", 1).At(bridge.Backends[0]);
        new JobShelf().Put("b-1", 1).At(bridge.Backends[1]);
        var bearer = Bearer();

        await bridge.ListAsync("", bearer);
        await bridge.GetAsync("/jobs/a-1", bearer);

        Assert.All(bridge.Backends[0].Calls, call => Assert.Equal(bearer.Value, call.Headers.GetValue("authorization")));
        Assert.Equal(2, bridge.Backends[0].Calls.Count);
        Assert.Null(Assert.Single(bridge.Backends[1].Calls).Headers.GetValue("authorization"));
    }

    [Fact]
    public async Task A_backend_that_refuses_the_caller_is_missing_and_says_why()
    {
        await using var bridge = await JobsBridge.OpenAsync(
            2,
            [
                keys.PemSetting,
                "Gateway:Backends:a:ForwardAuthorization=true",
                "Gateway:Backends:b:ForwardAuthorization=true",
                .. JwtText.Settings,
            ]
        );
        bridge.Backends[0].Lists = (_, _) => throw new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.PermissionDenied, "scripted"));
        bridge.Backends[1].Lists = (_, _) => throw new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.Unauthenticated, "scripted"));

        var page = await bridge.ListAsync("", Bearer());

        Assert.Equal(["a forbidden", "b unauthorized"], page.Missing);
    }

    [Fact]
    public async Task Without_a_token_nobody_learns_which_jobs_there_are()
    {
        await using var bridge = await OpenAsync();
        new JobShelf().Put("a-1", 1).At(bridge.Backends[0]);

        foreach (var target in new[] { "/jobs", "/jobs/a-1" })
        {
            Assert.Equal((401, "token_missing"), await CodeOfAsync(bridge, target));
            Assert.Equal((401, "unauthorized"), await CodeOfAsync(bridge, target, ("Authorization", "Bearer x.y.z")));
            Assert.Equal(
                (401, "token_missing"),
                await CodeOfAsync(bridge, target, ("Origin", $"http://{bridge.Gateway.HttpUrl.Authority}"))
            );
        }

        Assert.Empty(bridge.Backends[0].Calls);
    }

    [Fact]
    public async Task A_page_of_a_listed_origin_can_read_lists()
    {
        await using var bridge = await JobsBridge.OpenAsync(1, $"Gateway:Security:AllowedOrigins={Page}");
        new JobShelf().Put("a-1", 1).At(bridge.Backends[0]);

        foreach (var target in new[] { "/jobs", "/jobs/a-1" })
        {
            var listed = await bridge.GetAsync(target, ("Origin", Page), ("Sec-Fetch-Site", "cross-site"));
            var own = await bridge.GetAsync(target, ("Sec-Fetch-Site", "same-origin"));

            Assert.Equal((200, Page), (listed.Status, listed["Access-Control-Allow-Origin"]));
            Assert.Equal("Authorization, Origin", listed["Vary"]);
            Assert.Equal((200, null), (own.Status, own["Access-Control-Allow-Origin"]));
            Assert.Equal("no-store", own["Cache-Control"]);
            Assert.Equal((403, "origin_not_allowed"), await CodeOfAsync(bridge, target, ("Origin", "https://evil.example")));
            Assert.Equal((403, "origin_not_allowed"), await CodeOfAsync(bridge, target, ("Sec-Fetch-Site", "cross-site")));
        }
    }

    [Fact]
    public async Task A_list_takes_a_place_as_a_socket_does()
    {
        await using var bridge = await JobsBridge.OpenAsync(1, "Gateway:Limits:Connections=1");
        bridge.Backends[0].Lists = async (_, cancelled) =>
        {
            await ScriptedBackend.SilenceAsync(cancelled);
            return new();
        };
        var first = bridge.ListAsync();
        await TestGateway.EventuallyAsync(() => bridge.Backends[0].Calls.Count == 1, "the backend was asked");

        Assert.Equal((503, "too_many_connections"), await CodeOfAsync(bridge, "/jobs"));

        Assert.Equal(["a backend_unavailable"], (await first).Missing);
    }

    private static async Task<(int, string?)> CodeOfAsync(JobsBridge bridge, string target, params (string, string)[] headers)
    {
        var reply = await bridge.GetAsync(target, headers);
        return (reply.Status, reply.Code);
    }

    private Task<JobsBridge> OpenAsync(params string[] settings) =>
        JobsBridge.OpenAsync(1, [keys.PemSetting, .. JwtText.Settings, .. settings]);

    private (string Name, string Value) Bearer(params string[] jobs) =>
        (
            "Authorization",
            $"Bearer {JwtText.Make(keys.Rsa, claims => claims["jobs"] = new System.Text.Json.Nodes.JsonArray([.. jobs.Select(job => (System.Text.Json.Nodes.JsonNode)job)]))}"
        );
}
