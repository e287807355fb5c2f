using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using OptimizationGateway.Gateway.IntegrationTests.Inspection;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>WebSockets over HTTP/2 (RFC 8441), where that is enabled, by .NET's own client over TLS.</summary>
public sealed class Http2Tests : IAsyncLifetime
{
    private readonly TestAuthority authority = new();
    private readonly KeyFolder keys = new();
    private readonly SharedLog log = new();
    private readonly SocketsHttpHandler handler = new() { EnableMultipleHttp2Connections = true };
    private readonly HttpMessageInvoker http;
    private ScriptedBackend backend = null!;

    public Http2Tests()
    {
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        };
        http = new HttpMessageInvoker(handler);
    }

    public async ValueTask InitializeAsync()
    {
        backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await backend.DisposeAsync();
        authority.Dispose();
        keys.Dispose();
    }

    [Fact]
    public async Task A_job_is_watched_by_several_sockets_on_one_connection()
    {
        log.Append(700);
        await using var gateway = await StartAsync();
        await using var first = await ConnectAsync(gateway);
        await using var second = await ConnectAsync(gateway);
        foreach (var client in new[] { first, second })
        {
            await client.SubscribeAsync("job-1", afterEventId: 0);
            await client.UntilAsync(m => (string?)m["type"] == "replay" && m["hasMore"]!.GetValue<bool>() is false);
        }

        log.Append(50);
        foreach (var client in new[] { first, second })
        {
            await client.UntilAsync(_ => client.EventIds("job-1").Count == 750);
            Assert.Equal([.. Enumerable.Range(1, 750).Select(id => (long)id)], client.EventIds("job-1"));
            Assert.Equal("optimization.v1", client.Subprotocol);
        }

        await first.CloseAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, first.CloseStatus);
        Assert.Equal("pong", (string?)(await second.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task Each_socket_on_one_connection_has_an_id_of_its_own_and_is_closed_by_it()
    {
        await using var gateway = await StartAsync(clock: null, isEnabled: true, InspectorClient.Settings);
        using var inspector = new InspectorClient(gateway);
        var clients = new List<TestClient>();
        for (var i = 0; i < 5; i++)
        {
            clients.Add(await ConnectAsync(gateway));
            await clients[i].SubscribeAsync($"job-{i}");
            await clients[i].NextAsync("subscribed");
        }

        var ids = new List<string>();
        string? next = null;
        do
        {
            var page = await inspector.ReadAsync($"inspector/connections?sort=since&limit=2{(next is null ? "" : $"&cursor={next}")}");
            ids.AddRange(page["connections"]!.AsArray().Select(one => (string)one!["id"]!));
            next = (string?)page["next"];
        } while (next is not null);
        Assert.Equal(5, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(5, ids.Count);
        Assert.Single(ids.Select(id => id.Split(':')[0]).Distinct(StringComparer.Ordinal));

        var id = await inspector.ConnectionOfAsync("job-3");
        Assert.Equal(HttpStatusCode.Accepted, (await inspector.CloseAsync(Uri.EscapeDataString(id), new { comeBack = false })).Status);
        await clients[3].ClosedAsync();
        Assert.Equal(4504, (int)clients[3].CloseStatus!.Value);
        foreach (var other in clients.Where((_, i) => i != 3))
        {
            Assert.Equal("pong", (string?)(await other.SettleAsync())[^1]["type"]);
        }

        await inspector.UntilAsync($"inspector/connections/{id}", read => (string?)read["state"] == "ended");
        await TestGateway.EventuallyAsync(
            () => gateway.Log.GetSnapshot().Any(line => line.Message.StartsWith($"Connection {id} ended after", StringComparison.Ordinal)),
            "its line has the same id"
        );
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_that_is_silent_for_longer_than_a_request_s_body_may_be_is_kept()
    {
        // Kestrel's limit for bodies is 240 bytes a second after 5 s; it goes by the system's clock.
        await using var gateway = await StartAsync();
        await using var client = await ConnectAsync(gateway);
        await client.SubscribeAsync("job-1");
        await client.NextAsync("subscribed");
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);

        log.Append(1);
        await client.NextAsync("event");
        Assert.Single(await client.SettleAsync());
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_aborted_and_its_neighbour_on_the_connection_is_not()
    {
        var clock = new Clock(DateTimeOffset.UtcNow);
        backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                for (var id = 1; ; id++)
                {
                    var jobEvent = Say.Event(id);
                    jobEvent.Stage = new string('x', 10_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                }
            }
        );
        await using var gateway = await StartAsync(clock);
        await using var neighbour = await ConnectAsync(gateway, clock);
        using var stuck = new ClientWebSocket();
        Configure(stuck.Options, clock);
        await stuck.ConnectAsync(gateway.SocketUrl, http, TestContext.Current.CancellationToken);
        await stuck.SendAsync(
            """{"type":"subscribe","jobId":"job-1"}"""u8.ToArray(),
            WebSocketMessageType.Text,
            endOfMessage: true,
            TestContext.Current.CancellationToken
        );
        await TestGateway.EventuallyAsync(() => gateway.QueuedBytes > 400_000, "the queue is full");

        await clock.RunUntilAsync(() => gateway.Connections == 1, TimeSpan.FromSeconds(35), "the stuck reader is gone");
        Assert.Single(await neighbour.SettleAsync());
    }

    [Fact]
    public async Task Tokens_and_shutdown_close_it_as_over_HTTP_1()
    {
        var clock = new Clock(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        await using var gateway = await StartAsync(clock);
        await using var expiring = await ConnectAsync(gateway, clock, seconds: 60);
        await using var lasting = await ConnectAsync(gateway, clock, seconds: 600);
        clock.Advance(TimeSpan.FromSeconds(60));
        await expiring.ClosedAsync();
        Assert.Equal(4401, (int)expiring.CloseStatus!.Value);

        await gateway.StopAsync();
        await lasting.ClosedAsync();
        Assert.Equal(1012, (int)lasting.CloseStatus!.Value);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", "403")]
    [InlineData("Authorization", "Bearer nonsense", "401")]
    public async Task What_may_not_connect_over_HTTP_1_may_not_over_HTTP_2(string header, string value, string status)
    {
        await using var gateway = await StartAsync();
        var failure = await Assert.ThrowsAsync<WebSocketException>(() =>
            TestClient.ConnectAsync(
                gateway.SocketUrl,
                options =>
                {
                    Version2(options);
                    options.SetRequestHeader(header, value);
                },
                http
            )
        );

        Assert.Contains(status, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_is_not_enabled_there_is_HTTP_1_alone()
    {
        await using var gateway = await StartAsync(clock: null, isEnabled: false);

        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway));
    }

    private Task<TestGateway> StartAsync(Clock? clock = null, bool isEnabled = true, params string[] settings)
    {
        var certificate = authority.Issue("127.0.0.1");
        return TestGateway.StartAsync(
            backend.Url,
            clock,
            [
                "Kestrel:Endpoints:Https:Url=https://127.0.0.1:0",
                $"Kestrel:Endpoints:Https:Certificate:Path={certificate.File}",
                $"Kestrel:Endpoints:Https:Certificate:KeyPath={certificate.KeyFile}",
                $"Gateway:Http2:Enabled={isEnabled}",
                keys.PemSetting,
                .. JwtText.Settings,
                .. settings,
            ]
        );
    }

    private Task<TestClient> ConnectAsync(TestGateway gateway, Clock? clock = null, int seconds = 600) =>
        TestClient.ConnectAsync(gateway.SocketUrl, options => Configure(options, clock, seconds), http);

    private void Configure(ClientWebSocketOptions options, Clock? clock, int seconds = 600)
    {
        var now = clock?.GetUtcNow() ?? DateTimeOffset.UtcNow;
        Version2(options);
        options.AddSubProtocol("optimization.v1");
        options.AddSubProtocol($"bearer.{JwtText.Make(keys.Ec, c => c["exp"] = now.ToUnixTimeSeconds() + seconds, now: now)}");
    }

    private static void Version2(ClientWebSocketOptions options)
    {
        options.HttpVersion = HttpVersion.Version20;
        options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }
}
