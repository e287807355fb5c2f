using System.Net;
using OptimizationGateway.Gateway.IntegrationTests.Http;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Reading jobs by plain HTTP through nginx and HAProxy, each with the configuration that deploy/ has for it.</summary>
public sealed class DeployedReadersTests
{
    private static readonly string[] Kinds = [DeployedProxy.Nginx, DeployedProxy.Haproxy];

    public static TheoryData<string> Proxies => [.. Kinds];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Readers_go_on_at_the_other_gateway_when_one_drains_or_is_killed_and_miss_nothing(string kind)
    {
        // It runs for ever: a proxy may take its time to find out who is there.
        const string job = "paced-50";
        await using var stub = await TestStub.StartAsync("Stub:LoadJobs=true");
        await using var one = await StartProcessAsync(stub.GrpcUrl);
        await using var other = await StartProcessAsync(stub.GrpcUrl);
        await using var proxy = await DeployedProxy.StartAsync(kind, [one.Url, other.Url]);
        await using var streaming = new ReturningReader(proxy, job, mode: "sse");
        await using var polling = new ReturningReader(proxy, job, mode: "long-poll");
        ReturningReader[] readers = [streaming, polling];
        await HaveTenMoreAsync();

        one.Process.Send(Signal.Terminate);
        Assert.Equal(0, await one.Process.ExitAsync(TestClient.Deadline));
        await HaveTenMoreAsync();

        await one.Process.StartAsync();
        await other.Process.KillAsync();
        await HaveTenMoreAsync();

        foreach (var reader in readers)
        {
            var ids = await reader.StopAsync();
            Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);
        }

        Task HaveTenMoreAsync() => Task.WhenAll(readers.Select(reader => reader.HasAsync(reader.Count + 10)));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task What_a_gateway_says_of_a_job_is_not_taken_for_its_own_failure(string kind)
    {
        await using var gone = await StartAsync(new Uri("http://127.0.0.1:9"), "Gateway:Upstream:OpenTimeout=00:00:00.2");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gone.HttpUrl, gone.HttpUrl]);

        foreach (var mode in new[] { "", "&live=long-poll", "&live=sse" })
        {
            using var refused = await proxy.GetAsync($"/jobs/job-1/events?offset=-1{mode}");
            using var page = await proxy.GetAsync("/");
            await using var socket = await proxy.ConnectAsync();

            Assert.Equal("backend_unavailable", (await EventsReply.ReadAsync(refused)).Code);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (refused.StatusCode, page.StatusCode));
            Assert.Single(await socket.SettleAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_other_gateway_is_not_asked_as_well_where_one_has_tried_to_reach_a_jobs_backend(string kind)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Event(1))));
        await using var gone = await StartAsync(new Uri("http://127.0.0.1:9"), "Gateway:Upstream:OpenTimeout=00:00:00.2");
        await using var there = await StartAsync(backend.Url);
        await using var proxy = await DeployedProxy.StartAsync(kind, [gone.HttpUrl, there.HttpUrl]);

        // With as many connections at each, the gateways take turns.
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await proxy.GetAsync("/jobs/job-1/events");
            statuses.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.Contains(HttpStatusCode.ServiceUnavailable, statuses);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Under_a_path_jobs_can_be_read_in_each_way(string kind)
    {
        var log = new SharedLog();
        log.Append(2);
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        await using var gateway = await StartAsync(backend.Url, "Gateway:PathBase=/optimizer");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl, gateway.HttpUrl], isUnderAPath: true);

        using var history = await proxy.GetAsync("/optimizer/jobs/a%2Fb/events");
        using var stream = await proxy.GetAsync("/optimizer/jobs/a%2Fb/events?offset=-1&live=sse");
        await using var body = await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var reader = new EventsReader(stream, body);
        await reader.UntilAsync(2);
        var waiting = proxy.GetAsync($"/optimizer/jobs/a%2Fb/events?offset={EventsBridge.Offset(2)}&live=long-poll");
        await TestGateway.EventuallyAsync(() => gateway.Connections == 2, "both wait");
        await reader.UntilAsync(log.Append(1));

        using var next = await waiting;
        var (past, news) = (await EventsReply.ReadAsync(history), await EventsReply.ReadAsync(next));
        Assert.Equal([1, 2], past.Ids);
        Assert.Equal([3], news.Ids);
        Assert.Equal([1, 2, 3], reader.Ids);
    }

    /// <summary>The TypeScript client asks so whether the gateway can be reached, and a browser before it sends a token.</summary>
    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Questions_without_a_job_come_through_with_what_another_origin_may_read(string kind)
    {
        const string origin = "https://app.example";
        await using var gateway = await StartAsync(new Uri("http://127.0.0.1:9"), $"Gateway:Security:AllowedOrigins={origin}");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl, gateway.HttpUrl]);

        using var asked = await proxy.SendAsync(HttpMethod.Options, "/jobs/-/events");
        using var preflight = await proxy.SendAsync(
            HttpMethod.Options,
            "/jobs/-/events",
            ("Origin", origin),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization")
        );

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (asked.StatusCode, preflight.StatusCode));
        Assert.Equal(origin, preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Authorization", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    private static string[] Settings => ["Gateway:Proxies:Known=127.0.0.1", $"Gateway:Security:AllowedHosts={DeployedProxy.HostName}"];

    private static Task<TestGateway> StartAsync(Uri backend, params string[] settings) =>
        TestGateway.StartAsync(backend, time: null, [.. Settings, .. settings]);

    private static async Task<GatewayProcess> StartProcessAsync(Uri backend)
    {
        var gateway = new GatewayProcess([
            $"--Gateway:Backends:test:Address={backend}",
            "--Gateway:Drain:Time=00:00:00.5",
            .. Settings.Select(setting => $"--{setting}"),
        ]);
        await gateway.Process.StartAsync();
        return gateway;
    }
}
