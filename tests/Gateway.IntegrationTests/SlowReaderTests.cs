using System.Collections.Concurrent;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 5, "Lossless when slow": who moves is kept, who doesn't harms nobody else.</summary>
public sealed class SlowReaderTests
{
    private const int EventBytes = 4_000;

    [Fact]
    public async Task One_throttled_to_8_KiB_a_second_gets_a_replay_of_256_KiB_on_one_connection()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 64), Say.Replay(LargeEvents(64))));

        // How the window of a full receiver opens again depends on its buffer: three that behave differently, at once.
        await Task.WhenAll(
            ReadSlowlyAsync(bridge.Gateway, receiveBufferBytes: 8 * 1024),
            ReadSlowlyAsync(bridge.Gateway, receiveBufferBytes: 64 * 1024),
            ReadSlowlyAsync(bridge.Gateway, receiveBufferBytes: 256 * 1024)
        );
        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task One_of_3_KB_a_second_is_kept_though_the_server_hears_only_of_large_writes()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Always(
            ScriptedBackend.Say([Say.Subscribed(last: 0), Say.Replay(), .. LargeEvents(100).Select(jobEvent => Say.Live(jobEvent))])
        );
        await using var slow = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl, bytesPerSecond: 3_000);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        Assert.Equal(Enumerable.Range(1, 15).Select(id => (long)id), await slow.ReadEventIdsAsync(15));
    }

    [Fact]
    public async Task While_a_hundred_readers_stay_stuck_the_others_finish()
    {
        const int Stuck = 100;
        await using var backend = await ScriptedBackend.StartAsync();
        var sent = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        backend.Always(
            async (request, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                await stream.WriteAsync(Say.Replay(), stopped);
                foreach (var jobEvent in LargeEvents(500))
                {
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                    sent.AddOrUpdate(request.JobId, 1, (_, count) => count + 1);
                }
            }
        );
        await using var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            "Gateway:Limits:OutboxBytesPerSubscription=65536",
            "Gateway:Limits:StuckReaderTimeout=00:01:00"
        );
        var readers = new List<SlowClient>();
        for (var i = 0; i < Stuck; i++)
        {
            readers.Add(await SlowClient.ConnectAsync(gateway.SocketUrl));
            await readers[i].SendAsync($$"""{"type":"subscribe","jobId":"stuck-{{i}}","afterEventId":0}""");
        }

        await TestGateway.EventuallyAsync(() => gateway.QueuedBytes > Stuck * 40_000, "all outboxes are full");
        await using var client = await gateway.ConnectAsync();
        foreach (var job in Enumerable.Range(0, 5).Select(i => $"free-{i}"))
        {
            await client.SubscribeAsync(job, 0);
        }

        var done = await client.UntilAsync(_ => Enumerable.Range(0, 5).All(i => client.EventIds($"free-{i}").Count == 500));
        Assert.NotEmpty(done);
        Assert.Equal(Stuck + 1, gateway.Connections);

        // Held back by flow control, each at its own bound: what one may have under way is an outbox, a window, and what the sockets take.
        Assert.All(Enumerable.Range(0, Stuck), i => Assert.InRange(sent[$"stuck-{i}"] * EventBytes, 65_536, 1_500_000));
        await Task.WhenAll(readers.Select(reader => reader.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_slow_sockets_subscriptions_all_get_their_share()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Always(
            async (request, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                await stream.WriteAsync(Say.Replay(), stopped);
                for (var id = 1; ; id++)
                {
                    // One job writes as much as it can, the others a little event now and then.
                    var jobEvent = request.JobId == "flood" ? LargeEvent(id) : Say.Event(id, previous: id - 1);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                    await Task.Delay(request.JobId == "flood" ? 0 : 20, stopped);
                }
            }
        );
        await using var slow = await SlowClient.ConnectAsync(
            bridge.Gateway.SocketUrl,
            receiveBufferBytes: 16 * 1024,
            bytesPerSecond: 400_000
        );
        foreach (var job in new[] { "flood", "calm-1", "calm-2" })
        {
            await slow.SendAsync($$"""{"type":"subscribe","jobId":"{{job}}","afterEventId":0}""");
        }

        // By the time the flood has brought 2 MB, five seconds have gone: its neighbours wrote about 250 events each and none is far behind.
        var counts = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["flood"] = 0,
            ["calm-1"] = 0,
            ["calm-2"] = 0,
        };
        while (counts["flood"] < 500)
        {
            var message = await slow.ReadAsync();
            if ((string?)message["type"] == "event")
            {
                counts[(string)message["jobId"]!]++;
            }
        }

        Assert.InRange(counts["calm-1"], 25, 500);
        Assert.InRange(counts["calm-2"], 25, 500);
    }

    private static async Task ReadSlowlyAsync(TestGateway gateway, int receiveBufferBytes)
    {
        await using var slow = await SlowClient.ConnectAsync(gateway.SocketUrl, receiveBufferBytes, bytesPerSecond: 8 * 1024);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        Assert.Equal(Enumerable.Range(1, 64).Select(id => (long)id), await slow.ReadEventIdsAsync(64));
    }

    private static JobEvent[] LargeEvents(int count) => [.. Enumerable.Range(1, count).Select(id => LargeEvent(id))];

    private static JobEvent LargeEvent(long id)
    {
        var jobEvent = Say.Event(id, previous: id - 1);
        jobEvent.Stage = new string('x', EventBytes);
        return jobEvent;
    }
}
