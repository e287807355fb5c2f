using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The gateway as a process that may open no more files: what it has goes on, what comes waits, and it lives.</summary>
public sealed class DescriptorsTests
{
    private const int Limit = 320;

    /// <summary>More connections than fit beside the files and sockets that the process has by itself, about 230.</summary>
    private const int Crowd = 120;

    /// <summary>Events that come while the crowd is taken in and code is compiled, which is no part of what is measured.</summary>
    private const int Warming = 50;

    [Fact]
    public async Task Out_of_descriptors_new_connections_wait_and_old_ones_go_on()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        var tell = new SemaphoreSlim(0);
        backend.Next(
            async (_, stream, cancelled) =>
            {
                await stream.WriteAsync(Say.Subscribed(), cancelled);
                for (var id = 1; ; id++)
                {
                    await tell.WaitAsync(cancelled);
                    await stream.WriteAsync(Say.Live(Say.Event(id)), cancelled);
                }
            }
        );
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Completed(2))));
        var (gateway, url) = await StartAsync($"--Gateway:Backends:test:Address={backend.Url}");
        await using var running = gateway;
        await using var client = await TestClient.ConnectAsync(url);
        await client.SubscribeAsync("job-1");
        await client.NextAsync("subscribed");

        var crowd = await CrowdAsync(url, Handshake(url));
        await TestGateway.EventuallyAsync(() => gateway.Descriptors > Limit - 40, "hardly a descriptor is left");
        var cpu = TimeSpan.Zero;
        var newcomer = TestClient.ConnectAsync(url);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var id = 1; id <= Warming + 100; id++)
        {
            if (id == Warming + 1)
            {
                cpu = gateway.Cpu;
            }

            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            tell.Release();
            Assert.Equal(id, (long)(await client.NextAsync("event"))["event"]!["id"]!);
            Assert.InRange(gateway.Descriptors, 1, Limit - 16);
        }

        // The last hundred took two seconds at least; to try again and again to accept would have taken a core for all of them.
        Assert.InRange(gateway.Cpu - cpu, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.True(gateway.IsAlive, gateway.Output);

        foreach (var socket in crowd)
        {
            socket.Dispose();
        }

        await using (var let = await newcomer)
        {
            await HostileBridge.AssertComesThroughAsync(let, "job-2");
        }

        await HostileBridge.AssertComesThroughAsync(client, "job-3");
    }

    [Fact]
    public async Task Out_of_descriptors_for_connections_there_are_some_left_for_backends()
    {
        await using var known = await ScriptedBackend.StartAsync();
        await using var another = await ScriptedBackend.StartAsync();
        var honest = ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Completed(2)));
        known.Always(honest);
        another.Always(honest);
        var (gateway, url) = await StartAsync(
            $"--Gateway:Backends:known:Address={known.Url}",
            $"--Gateway:Backends:another:Address={another.Url}",
            "--Gateway:Backends:another:JobIds=another-*"
        );
        await using var running = gateway;
        await using var client = await TestClient.ConnectAsync(url);
        await HostileBridge.AssertComesThroughAsync(client, "job-1");

        var crowd = await CrowdAsync(url, Handshake(url));
        await TestGateway.EventuallyAsync(() => gateway.Descriptors > Limit - 40, "hardly a descriptor is left");
        await HostileBridge.AssertComesThroughAsync(client, "another-1");
        await HostileBridge.AssertComesThroughAsync(client, "job-2");

        Assert.True(gateway.IsAlive, gateway.Output);
        crowd.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task A_crowd_that_never_becomes_WebSockets_keeps_nobody_out(string says)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Completed(2))));
        var key = new string('k', 32);
        var inspector = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        var (gateway, url) = await StartAsync(
            $"--Gateway:Backends:test:Address={backend.Url}",
            $"--Gateway:Inspector:Url={inspector}",
            $"--Gateway:Inspector:Key={key}",
            // Neither its own deadlines nor anything else than others who need the room end what is silent.
            "--Gateway:Limits:RequestHeadersTimeout=01:00:00",
            "--Gateway:Limits:IdleHttpTimeout=01:00:00"
        );
        await using var running = gateway;
        await using var before = await TestClient.ConnectAsync(url);
        await HostileBridge.AssertComesThroughAsync(before, "job-1");

        var crowd = await CrowdAsync(url, says);
        await TestGateway.EventuallyAsync(() => gateway.Descriptors > Limit - 40, "hardly a descriptor is left");

        await using var honest = await TestClient.ConnectAsync(url);
        await HostileBridge.AssertComesThroughAsync(honest, "job-2");
        await HostileBridge.AssertComesThroughAsync(before, "job-3");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var health = new UriBuilder(url) { Scheme = "http", Path = "/health/ready" }.Uri;
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(health, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await http.GetAsync(new Uri(inspector, "inspector/connections"), TestContext.Current.CancellationToken)).StatusCode
        );
        Assert.Contains("descriptors_scarce", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", gateway.Output, StringComparison.Ordinal);
        Assert.True(gateway.IsAlive, gateway.Output);
        crowd.ForEach(socket => socket.Dispose());
    }

    private static async Task<(ProgramProcess Gateway, Uri Url)> StartAsync(params string[] settings)
    {
        var http = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        var gateway = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [$"--Urls={http}", .. settings],
            http,
            $"ulimit -n {Limit}"
        );
        await gateway.StartAsync();
        return (gateway, new UriBuilder(http) { Scheme = "ws", Path = "/ws/optimization" }.Uri);
    }

    private static string Handshake(Uri url) =>
        $"GET /ws/optimization HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    /// <summary>Connections that say this and then nothing, more of them than may be open.</summary>
    private static async Task<List<Socket>> CrowdAsync(Uri url, string says)
    {
        var crowd = new List<Socket>();
        for (var i = 0; i < Crowd; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, url.Port);
            crowd.Add(socket);
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(says));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                // It has already made room for a newer one, as it may.
            }
        }

        return crowd;
    }
}
