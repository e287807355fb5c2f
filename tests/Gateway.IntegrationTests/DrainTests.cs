using System.Net;
using System.Net.WebSockets;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The shutdown, as clients, balancers and backends see it.</summary>
public sealed class DrainTests
{
    /// <summary>What an event of <see cref="ManyEvents"/> occupies while it waits: 4 KB of JSON in an array of 8 KiB.</summary>
    private const int BytesOfAnEvent = 8_300;

    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Fact]
    public async Task Sockets_close_in_batches_spread_over_the_drain_time()
    {
        var clock = new Clock();
        await using var gateway = await TestGateway.StartAsync(NoBackend, clock, "Gateway:Drain:Time=00:00:08");
        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => gateway.ConnectAsync()));
        int Closed() => clients.Count(client => (int?)client.CloseStatus == 1012);

        var stopping = gateway.StopAsync();
        for (var batch = 1; batch <= 4; batch++)
        {
            await TestGateway.EventuallyAsync(() => gateway.Connections == 100 - (25 * batch), $"batch {batch} has left");
            await Task.WhenAll(clients.Where(client => client.CloseStatus is not null).Select(client => client.ClosedAsync()));
            Assert.Equal(25 * batch, Closed());
            Assert.Equal(batch == 4, await IsOverAsync(stopping, batch == 4));

            // A batch later, and not a moment sooner.
            clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromMilliseconds(1));
            await Task.WhenAll(clients.Where(client => client.CloseStatus is null).Select(client => client.SettleAsync()));
            Assert.Equal(25 * batch, Closed());
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await stopping;
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Who_waits_for_its_batch_is_served_meanwhile_and_newcomers_get_503()
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        var mayGoOn = new TaskCompletionSource();
        backend.Always(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                await mayGoOn.Task.WaitAsync(stopped);
                await stream.WriteAsync(Say.Live(Say.Event(1)), stopped);
                await ScriptedBackend.SilenceAsync(stopped);
            }
        );
        await using var gateway = await TestGateway.StartAsync(backend.Url, clock);
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => gateway.ConnectAsync()));
        foreach (var client in clients)
        {
            await client.SubscribeAsync("job-1");
            await client.UntilAsync("subscribed");
        }

        var stopping = gateway.StopAsync();
        await TestGateway.EventuallyAsync(() => gateway.Connections == 25, "the first batch has left");
        mayGoOn.SetResult();
        foreach (var client in clients.Where(client => client.CloseStatus is null))
        {
            await client.UntilAsync("event");
        }

        using var http = new HttpClient();
        using var ready = await http.GetAsync(new Uri(gateway.HttpUrl, "/health/ready"), TestContext.Current.CancellationToken);
        using var live = await http.GetAsync(new Uri(gateway.HttpUrl, "/health/live"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("draining", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        var refused = await Assert.ThrowsAsync<WebSocketException>(gateway.ConnectAsync);
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);

        await clock.RunUntilAsync(() => stopping.IsCompleted, TimeSpan.FromSeconds(15), "the drain is done");
        await stopping;
        await TestGateway.EventuallyAsync(() => gateway.UpstreamStreams == 0, "no stream is open");
        Assert.All(clients, client => Assert.Equal(1012, (int?)client.CloseStatus));
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task What_waits_for_a_slow_reader_is_sent_before_its_socket_closes()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next([Say.Subscribed(last: 0), Say.Replay(), .. ManyEvents(100)]);
        await using var slow = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        await TestGateway.EventuallyAsync(() => bridge.Gateway.QueuedBytes > 200_000, "most of it waits in the gateway");

        var stopping = bridge.Gateway.StopAsync();
        var waiting = bridge.Gateway.QueuedBytes;

        // What the backend still had on the way is for a resume; what had reached the queue arrives.
        var (ids, code) = await slow.ReadToCloseAsync();
        Assert.Equal(1012, code);
        Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);
        Assert.InRange(ids.Count, waiting / BytesOfAnEvent, 100);
        await stopping;
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_does_not_hold_up_the_shutdown()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Next([Say.Subscribed(last: 0), Say.Replay(), .. ManyEvents(100)]);
        await using var stuck = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        await TestGateway.EventuallyAsync(() => bridge.Gateway.QueuedBytes > 200_000, "most of it waits in the gateway");

        var stopping = bridge.Gateway.StopAsync();

        // Five seconds for what waits and five for the closing; then it is aborted.
        var took = await clock.RunUntilAsync(() => stopping.IsCompleted, TimeSpan.FromSeconds(30), "the gateway has stopped");
        await stopping;
        Assert.InRange(took.TotalSeconds, 9, 15);
        Assert.Equal(1012, (int?)bridge.Client.CloseStatus);
    }

    private static IEnumerable<WatchJobResponse> ManyEvents(int count) =>
        Enumerable
            .Range(1, count)
            .Select(id =>
            {
                var jobEvent = Say.Event(id, previous: id - 1);
                jobEvent.Stage = new string('x', 4_000);
                return Say.Live(jobEvent);
            });

    private static async Task<bool> IsOverAsync(Task task, bool expected)
    {
        if (expected)
        {
            await task.WaitAsync(TestClient.Deadline);
        }

        return task.IsCompleted;
    }
}
