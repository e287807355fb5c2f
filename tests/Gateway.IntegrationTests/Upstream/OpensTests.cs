using System.Collections.Concurrent;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>Streams to a backend are opened at a rate, fairly over clients, and so many at once read history.</summary>
public sealed class OpensTests
{
    private const string TwoPlaces = "Gateway:Upstream:CatchUps=2";

    [Fact]
    public async Task A_newcomer_with_one_job_is_served_while_a_client_with_a_hundred_jobs_waits()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock, "Gateway:Upstream:OpensPerSecond=1");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
        for (var i = 0; i < 100; i++)
        {
            await bridge.Client.SubscribeAsync($"greedy-{i}", 0);
        }

        await bridge.CalledAsync(1);
        await WaitingAsync(bridge, 99);
        await using var newcomer = await bridge.Gateway.ConnectAsync();
        await newcomer.SubscribeAsync("modest", 0);
        await WaitingAsync(bridge, 100);
        clock.Advance(TimeSpan.FromSeconds(1.1));
        await bridge.CalledAsync(2);
        clock.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal("subscribed", (string?)(await newcomer.NextAsync())["type"]);
        Assert.Equal(3, bridge.Requests.Count);
        Assert.Single(bridge.Requests, request => request.JobId == "modest");
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_waiting_streams_with_it()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock, "Gateway:Upstream:OpensPerSecond=1");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
        await using (var leaving = await bridge.Gateway.ConnectAsync())
        {
            for (var i = 0; i < 10; i++)
            {
                await leaving.SubscribeAsync($"job-{i}", 0);
            }

            await WaitingAsync(bridge, 9);
        }

        await WaitingAsync(bridge, 0);
    }

    [Fact]
    public async Task A_third_history_waits_until_one_of_two_is_read()
    {
        await using var bridge = await Bridge.OpenAsync(new Clock(), TwoPlaces);
        var histories = new Histories(bridge.Backend);
        await SubscribeAsync(bridge, "a", "b", "c");
        await histories.BegunAsync(2);
        await WaitingAsync(bridge, 1);

        // Live events only: no place is needed.
        await bridge.Client.SubscribeAsync("live", afterEventId: null);
        await bridge.CalledAsync(3);
        await WaitingAsync(bridge, 1);

        histories.End.TrySetResult();
        await histories.BegunAsync(3);
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("is refused")]
    [InlineData("is left")]
    [InlineData("loses its client")]
    public async Task A_history_that_breaks_off_gives_its_place(string how)
    {
        await using var bridge = await Bridge.OpenAsync(new Clock(), "Gateway:Upstream:CatchUps=1");
        var histories = new Histories(bridge.Backend);
        await using var other = await bridge.Gateway.ConnectAsync();
        await other.SubscribeAsync("first", 0);
        await histories.BegunAsync(1);
        await SubscribeAsync(bridge, "second");
        await WaitingAsync(bridge, 1);

        switch (how)
        {
            case "fails":
                histories.End.TrySetException(new RpcException(new Status(StatusCode.Unavailable, how)));
                break;
            case "is refused":
                histories.End.TrySetException(new RpcException(new Status(StatusCode.NotFound, how)));
                break;
            case "is left":
                await other.SendTextAsync("""{"type":"unsubscribe","jobId":"first"}""");
                break;
            default:
                other.Abort();
                break;
        }

        await TestGateway.EventuallyAsync(() => bridge.Requests.Any(request => request.JobId == "second"), "the second has its turn");
    }

    [Fact]
    public async Task A_stuck_client_and_a_silent_backend_keep_no_places()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(
            clock,
            TwoPlaces,
            "Gateway:Limits:OutboxBytesPerSubscription=65536",
            "Gateway:Limits:StuckReaderTimeout=00:10:00"
        );
        bridge.Backend.Next(
            ScriptedBackend.Say([
                Say.Subscribed(last: 9_000),
                .. Enumerable.Range(1, 3_000).Select(id => Say.Replay(hasMore: true, LargeEvent(id))),
            ])
        );
        await using var stuck = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"stuck","afterEventId":0}""");
        await bridge.CalledAsync(1);
        await TestGateway.EventuallyAsync(() => bridge.Gateway.QueuedBytes > 40_000, "the outbox is full");
        var histories = new Histories(bridge.Backend);
        await SubscribeAsync(bridge, "silent", "a", "b");
        await histories.BegunAsync(1);
        await WaitingAsync(bridge, 2);

        clock.Advance(TimeSpan.FromSeconds(0.3));
        await histories.BegunAsync(2);
        await WaitingAsync(bridge, 1);

        // Two seconds after what it said last, which may have been read only now: long before silence is a fault.
        await clock.RunUntilAsync(() => histories.Begun == 3, TimeSpan.FromSeconds(5), "the third history has begun");
    }

    private static async Task SubscribeAsync(Bridge bridge, params string[] jobs)
    {
        foreach (var job in jobs)
        {
            await bridge.Client.SubscribeAsync(job, 0);
        }
    }

    private static Task WaitingAsync(Bridge bridge, int count) =>
        TestGateway.EventuallyAsync(() => bridge.Gateway.WaitingOpens == count, $"{count} streams wait");

    private static JobEvent LargeEvent(long id)
    {
        var large = Say.Event(id);
        large.Stage = new string('x', 4_000);
        return large;
    }

    /// <summary>Histories whose last batch, or failure, comes when the test says so.</summary>
    private sealed class Histories
    {
        private readonly ConcurrentQueue<string> begun = new();

        public Histories(ScriptedBackend backend) =>
            backend.Always(
                async (request, stream, stopped) =>
                {
                    await stream.WriteAsync(Say.Subscribed(last: 2), stopped);
                    if (request.HasAfterEventId)
                    {
                        begun.Enqueue(request.JobId);
                        await stream.WriteAsync(Say.Replay(hasMore: true, Say.Event(1)), stopped);
                        await End.Task.WaitAsync(stopped);
                        await stream.WriteAsync(Say.Replay(Say.Event(2)), stopped);
                    }

                    await ScriptedBackend.SilenceAsync(stopped);
                }
            );

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The number that have begun.</summary>
        public int Begun => begun.Count;

        public Task BegunAsync(int count) => TestGateway.EventuallyAsync(() => Begun == count, $"{count} histories have begun");
    }
}
