using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.IntegrationTests.Http;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The gateway behind nginx and HAProxy, each with the configuration that deploy/ has for it, TLS included.</summary>
public sealed class DeployedProxyTests
{
    /// <summary>More than two health checks of HAProxy, which come once a second.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(4);

    private static readonly string[] Kinds = [DeployedProxy.Nginx, DeployedProxy.Haproxy];

    public static TheoryData<string> Proxies => [.. Kinds];

    /// <summary>
    /// In half a minute, with timeouts of 5 s. `make proxies` has five minutes, with everything as it is shipped.
    /// </summary>
    [Fact]
    public async Task An_idle_subscription_outlives_the_proxys_timeout_where_the_gateway_pings_in_time_and_only_there()
    {
        var isAsShipped = Environment.GetEnvironmentVariable("AS_SHIPPED") == "true";
        var (timeout, duration) = isAsShipped ? ("60s", TimeSpan.FromMinutes(5)) : ("5s", TimeSpan.FromSeconds(30));
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(backend.Url, isAsShipped ? [] : ["Gateway:Limits:PingInterval=00:00:02.5"]);
        await using var sluggish = await StartGatewayAsync(backend.Url, "Gateway:Limits:PingInterval=01:00:00");

        await Task.WhenAll([.. Kinds.Select(kind => LivesAsync(kind, gateway, timeout, duration)), .. Kinds.Select(CutAsync)]);

        async Task CutAsync(string kind)
        {
            await using var proxy = await DeployedProxy.StartAsync(kind, [sluggish.HttpUrl], timeout);
            await using var client = await proxy.ConnectAsync();
            await client.SubscribeAsync("job-1");
            await client.NextAsync("subscribed");

            await client.ClosedAsync(duration);

            Assert.Null(client.CloseStatus);
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_client_goes_on_at_the_other_gateway_when_one_drains_or_is_killed_and_misses_nothing(string kind)
    {
        // It runs for ever: a proxy may take its time to find out who is there.
        const string job = "paced-50";
        await using var stub = await TestStub.StartAsync("Stub:LoadJobs=true");
        await using var one = await StartProcessAsync(stub.GrpcUrl, "Gateway:Drain:Time=00:00:00.5");
        await using var other = await StartProcessAsync(stub.GrpcUrl, "Gateway:Drain:Time=00:00:00.5");
        await using var proxy = await DeployedProxy.StartAsync(kind, [one.Url, other.Url]);
        await using var viewer = new ReturningViewer(() => proxy.ConnectAsync(), job);
        await viewer.HasAsync(events: 10);

        var (drained, killed) = await ConnectionsAsync(one) == 1 ? (one, other) : (other, one);
        drained.Process.Send(Signal.Terminate);
        Assert.Equal(0, await drained.Process.ExitAsync(TestClient.Deadline));
        await GoesOnAtAsync(killed);
        Assert.Equal(1012, viewer.CloseStatuses.Single());

        await drained.Process.StartAsync();
        await killed.Process.KillAsync();
        await GoesOnAtAsync(drained);

        var ids = await viewer.StopAsync();
        Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);

        async Task GoesOnAtAsync(GatewayProcess gateway)
        {
            await Until.TrueAsync(async () => await ConnectionsAsync(gateway) == 1, "the viewer is at the other gateway");
            await viewer.HasAsync(viewer.Count + 10);
        }
    }

    [Fact]
    public async Task HAProxy_gives_up_a_gateway_at_the_first_connection_that_fails()
    {
        await using var backend = await SilentBackendAsync();
        await using var stopped = await StartGatewayAsync(backend.Url);
        await using var other = await StartGatewayAsync(backend.Url);

        // Without health checks, so that they aren't what finds it out.
        await using var proxy = await DeployedProxy.StartAsync(DeployedProxy.Haproxy, [stopped.HttpUrl, other.HttpUrl], checks: "1h");
        await stopped.StopAsync();

        // With as many connections at each, the gateways take turns: one of two requests meets the one that is gone.
        for (var i = 0; i < 2; i++)
        {
            using var answer = await proxy.GetAsync("/");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await Until.TrueAsync(
            () => Task.FromResult(proxy.Output.Contains("Server gateways/gateway-1 is DOWN", StringComparison.Ordinal)),
            "HAProxy has given it up",
            () => Task.FromResult(proxy.Output)
        );
    }

    [Fact]
    public async Task A_gateway_that_is_busy_for_some_seconds_is_not_taken_for_dead()
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartProcessAsync(backend.Url);
        await using var nginx = await DeployedProxy.StartAsync(DeployedProxy.Nginx, [gateway.Url]);
        await using var haproxy = await DeployedProxy.StartAsync(DeployedProxy.Haproxy, [gateway.Url]);
        DeployedProxy[] proxies = [nginx, haproxy];
        await AssertAnswerAsync(proxies.Select(proxy => proxy.GetAsync("/")));

        gateway.Process.Send(Signal.Stop);
        await Task.Delay(Busy, TestContext.Current.CancellationToken);
        Task<HttpResponseMessage>[] asked = [.. proxies.Select(proxy => proxy.GetAsync("/"))];
        gateway.Process.Send(Signal.Continue);
        await AssertAnswerAsync(asked);

        static async Task AssertAnswerAsync(IEnumerable<Task<HttpResponseMessage>> asked)
        {
            foreach (var answering in asked)
            {
                using var answer = await answering;
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clients_count_by_their_own_addresses_whatever_they_say(string kind)
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(backend.Url, "Gateway:Limits:ConnectionsPerAddress=1");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl]);
        await using var client = await proxy.ConnectAsync(headers: From("192.0.2.7"));

        var again = await RefusedAsync(proxy, From("192.0.2.7"));
        var disguised = await RefusedAsync(
            proxy,
            From("192.0.2.7"),
            ("X-Forwarded-For", "198.51.100.1"),
            ("Forwarded", "for=198.51.100.1")
        );

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (again, disguised));
        await using var other = await proxy.ConnectAsync(headers: From("192.0.2.8"));
        Assert.Single(await other.SettleAsync());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Pages_of_the_proxys_host_may_connect_and_no_header_makes_others_pass_for_them(string kind)
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(
            backend.Url,
            $"Gateway:Security:AllowedHosts={DeployedProxy.HostName},other.example"
        );
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl]);

        await using var own = await proxy.ConnectAsync(headers: ("Origin", $"https://{DeployedProxy.HostName}"));
        var others = await RefusedAsync(proxy, ("Origin", "https://other.example"));
        var disguised = await RefusedAsync(proxy, ("Origin", "https://other.example"), ("X-Forwarded-Host", "other.example"));

        Assert.Single(await own.SettleAsync());
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (others, disguised));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_token_as_long_as_the_gateway_takes_it_comes_through(string kind)
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(backend.Url);
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl]);

        await using var client = await proxy.ConnectAsync(headers: ("Authorization", $"Bearer {new string('x', 16 * 1024)}"));

        Assert.Single(await client.SettleAsync());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_page_comes_through_and_what_is_for_operators_does_not(string kind)
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(backend.Url, "Gateway:Telemetry:Prometheus=true");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl]);
        Dictionary<string, HttpStatusCode> expected = new(StringComparer.Ordinal)
        {
            ["/"] = HttpStatusCode.OK,
            ["/console.json"] = HttpStatusCode.OK,
            ["/openapi.json"] = HttpStatusCode.OK,
            ["/nothing"] = HttpStatusCode.NotFound,
            ["/metrics"] = HttpStatusCode.NotFound,
            ["/health/ready"] = HttpStatusCode.NotFound,
            ["/health/live"] = HttpStatusCode.NotFound,
            ["/METRICS"] = HttpStatusCode.NotFound,
            ["/metrics/"] = HttpStatusCode.NotFound,
            ["/%6detrics"] = HttpStatusCode.NotFound,
            ["/Health/ready"] = HttpStatusCode.NotFound,
            ["/health/ready/"] = HttpStatusCode.NotFound,
        };

        var answers = new Dictionary<string, HttpStatusCode>(StringComparer.Ordinal);
        foreach (var path in expected.Keys)
        {
            using var answer = await proxy.GetAsync(path);
            answers[path] = answer.StatusCode;
        }

        Assert.Equal(expected, answers);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Under_a_path_page_and_socket_are_there_and_the_rest_of_the_host_is_somebody_elses(string kind)
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(backend.Url, "Gateway:PathBase=/optimizer", "Gateway:Telemetry:Prometheus=true");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl], isUnderAPath: true);

        using var page = await proxy.GetAsync("/optimizer/");
        using var unslashed = await proxy.GetAsync("/optimizer");
        using var metrics = await proxy.GetAsync("/optimizer/metrics");
        using var elsewhere = await proxy.GetAsync("/");
        await using var client = await proxy.ConnectAsync("/optimizer/ws/optimization");

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.EndsWith("/optimizer/", unslashed.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, metrics.StatusCode);
        Assert.DoesNotContain(
            "not_found",
            await elsewhere.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Single(await client.SettleAsync());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_jobs_events_come_through_over_plain_http_each_when_it_happens(string kind)
    {
        var log = new SharedLog();
        log.Append(2);
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        await using var gateway = await StartGatewayAsync(backend.Url, "Gateway:Limits:LongPollTimeout=00:00:01");
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl]);

        // First, since it may take any time: a gateway that has just started answers the others within LongPollTimeout, or not.
        using var stream = await proxy.GetAsync("/jobs/a%2Fb/events?offset=-1&live=sse");
        await using var body = await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var reader = new EventsReader(stream, body);
        await reader.UntilAsync(2);
        using var history = await proxy.GetAsync("/jobs/a%2Fb/events");
        using var waited = await proxy.GetAsync($"/jobs/a%2Fb/events?offset={EventsBridge.Offset(2)}&live=long-poll");
        await reader.UntilAsync(log.Append(1));

        var past = await EventsReply.ReadAsync(history);
        Assert.Equal([1, 2], past.Ids);
        Assert.Equal(
            (HttpStatusCode.NoContent, EventsBridge.Offset(2)),
            (waited.StatusCode, waited.Headers.GetValues("Stream-Next-Offset").Single())
        );
        Assert.Equal([1, 2, 3], reader.Ids);
        Assert.All(backend.Requests, request => Assert.Equal("a/b", request.JobId));
    }

    [Fact]
    public async Task HAProxy_also_takes_WebSockets_over_HTTP_2()
    {
        await using var backend = await SilentBackendAsync();
        await using var gateway = await StartGatewayAsync(backend.Url);
        await using var proxy = await DeployedProxy.StartAsync(DeployedProxy.Haproxy, [gateway.HttpUrl]);

        using var socket = await proxy.ConnectOverHttp2Async();

        await socket.SendAsync("""{"type":"ping"}"""u8.ToArray(), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var buffer = new byte[100];
        var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Equal("pong", (string?)JsonNode.Parse(buffer.AsSpan(0, read.Count))!["type"]);
    }

    /// <summary>A subscription stays open though nothing is said on it, and then still works.</summary>
    private static async Task LivesAsync(string kind, TestGateway gateway, string timeout, TimeSpan duration)
    {
        await using var proxy = await DeployedProxy.StartAsync(kind, [gateway.HttpUrl], timeout);
        await using var client = await proxy.ConnectAsync();
        await client.SubscribeAsync("job-1");
        await client.NextAsync("subscribed");
        using var events = await proxy.GetAsync("/jobs/job-1/events?offset=now&live=sse");
        await using var body = await events.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var reader = new EventsReader(events, body);
        await reader.ControlAsync();

        // It waits for what should not come: any message, or the end.
        await Assert.ThrowsAsync<TimeoutException>(() => client.ClosedAsync(duration));

        Assert.Single(client.Received);
        Assert.Equal("pong", (string?)(await client.SettleAsync()).Single()["type"]);
        Assert.False(reader.NextAsync().IsCompleted, "The event stream has ended.");
    }

    private static async Task<ScriptedBackend> SilentBackendAsync()
    {
        var backend = await ScriptedBackend.StartAsync();
        return backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0)));
    }

    private static string[] Settings(Uri backend) =>
        [
            $"Gateway:Backends:test:Address={backend}",
            "Gateway:Proxies:Known=127.0.0.1",
            $"Gateway:Security:AllowedHosts={DeployedProxy.HostName}",
            // The silent backend is silent for good.
            "Gateway:Upstream:SilenceTimeout=01:00:00",
        ];

    private static Task<TestGateway> StartGatewayAsync(Uri backend, params string[] settings) =>
        TestGateway.StartAsync(time: null, [.. Settings(backend), .. settings]);

    /// <summary>One that the test stops, freezes or kills.</summary>
    private static async Task<GatewayProcess> StartProcessAsync(Uri backend, params string[] settings)
    {
        var gateway = new GatewayProcess([.. Settings(backend).Concat(settings).Select(setting => $"--{setting}")]);
        await gateway.Process.StartAsync();
        return gateway;
    }

    private static (string, string) From(string address) => (DeployedProxy.AddressHeader, address);

    private static async Task<HttpStatusCode> RefusedAsync(DeployedProxy proxy, params (string, string)[] headers)
    {
        using var answer = await proxy.GetAsync(
            "/ws/optimization",
            [
                ("Connection", "Upgrade"),
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16])),
                .. headers,
            ]
        );
        return answer.StatusCode;
    }

    private static async Task<int> ConnectionsAsync(GatewayProcess gateway)
    {
        using var http = new HttpClient();
        var health = JsonNode.Parse(
            await http.GetStringAsync(new Uri(gateway.Url, "/health/ready"), TestContext.Current.CancellationToken)
        );
        return (int)health!["gateway"]!["connections"]!;
    }
}
