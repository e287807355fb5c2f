using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 5, each promise by its name, against backends that do what goes wrong. The same with a real backend that is killed: KilledBackendTests.</summary>
/// <param name="shared">True if the viewers of a job share a stream.</param>
public abstract class PromisesTests(bool shared)
{
    private string Sharing => $"Gateway:Feeds:Shared={shared}";

    [Fact]
    public async Task Ordered_ids_strictly_increase_whatever_the_backend_sends()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        JobEvent[] mess = [Say.Event(3), Say.Event(1), Say.Event(3), Say.Event(5), Say.Event(4), Say.Event(7)];

        await bridge.SubscribeAsync(0, Say.Subscribed(last: 7), Say.Replay(mess), Say.Live(Say.Event(6)), Say.Live(Say.Completed(8)));
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal([3, 5, 7, 8], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task Unique_no_id_is_delivered_twice_also_where_the_reopened_stream_repeats_them()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        bridge.Backend.Next(Say.Subscribed(last: 4), Say.Replay(Say.Events(1, 4)), Say.Live(Say.Event(4)), Say.Live(Say.Completed(5)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal([1, 2, 3, 4, 5], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task Reliable_a_broken_stream_is_reopened_at_the_cursor_without_a_new_subscribed()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        bridge.Backend.Next(
            ScriptedBackend.SayAndFail(
                StatusCode.Unavailable,
                Say.Subscribed(last: 1),
                Say.Replay(Say.Events(1, 1)),
                Say.Live(Say.Event(2))
            )
        );
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.Unavailable));
        bridge.Backend.Next(Say.Subscribed(last: 4), Say.Replay(Say.Events(3, 4)), Say.Live(Say.Completed(5)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay", "event", "replay", "event", "unsubscribed"], messages.Select(m => (string)m["type"]!));
        Assert.Equal([1, 2, 3, 4, 5], bridge.Client.EventIds("job-1"));
        Assert.Equal([0, 2, 2], bridge.Requests.Select(r => r.AfterEventId));
        Assert.Equal(["", Say.Epoch, Say.Epoch], bridge.Requests.Select(r => r.Epoch));
    }

    [Fact]
    public async Task Reliable_a_previous_id_that_shows_a_gap_reopens_the_stream_and_the_missing_event_arrives()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Event(3, previous: 2)));
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(Say.Events(2, 3)), Say.Live(Say.Completed(4)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal([1, 2, 3, 4], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task Reliable_a_heartbeat_ahead_of_the_cursor_shows_a_gap()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Heartbeat(last: 2));
        bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Events(2, 2)), Say.Live(Say.Completed(3)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal([1, 2, 3], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task Reliable_live_only_before_the_first_event_misses_nothing_while_the_backend_restarts()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 0)));
        bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2)), Say.Live(Say.Completed(3)));

        await bridge.Client.SubscribeAsync("job-1");
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal([1, 2, 3], bridge.Client.EventIds("job-1"));
        Assert.Equal(0, bridge.Requests[1].AfterEventId);
        Assert.True(bridge.Requests[1].HasAfterEventId);
    }

    [Fact]
    public async Task Reliable_a_log_that_was_cut_while_the_client_stood_at_0_is_told()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 0)));
        bridge.Backend.Next(Say.Subscribed(last: 9, earliest: 5), Say.Replay(Say.Events(5, 9)));

        await bridge.Client.SubscribeAsync("job-1");
        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(("history_truncated", 5), ((string?)messages[1]["code"], (long?)messages[1]["earliestEventId"]));
        Assert.Empty(bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task Resumable_a_client_that_comes_back_to_another_gateway_goes_on_after_its_last_id()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        await using var other = await TestGateway.StartAsync(bridge.Backend.Url, time: null, Sharing);
        await using var returning = await other.ConnectAsync();
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3)));
        var last = TestClient.EventIds([await bridge.Client.NextAsync("replay")], "job-1")[^1];
        bridge.Client.Abort();

        bridge.Backend.Next(Say.Subscribed(last: 4), Say.Replay(Say.Events(4, 4)), Say.Live(Say.Completed(5)));
        await returning.SubscribeAsync("job-1", last);
        await returning.UntilAsync("unsubscribed");

        Assert.Equal([4, 5], returning.EventIds("job-1"));
        Assert.Equal(3, bridge.Requests[1].AfterEventId);
    }

    [Fact]
    public async Task Bookmarkable_a_client_without_a_position_learns_it_from_subscribed()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);

        var subscribed = await bridge.SubscribeAsync(null, Say.Subscribed(last: 41));

        Assert.Equal(41, (long)subscribed["lastEventId"]!);
    }

    [Fact]
    public async Task Lossless_when_slow_a_reader_that_stops_holds_back_its_backend_and_its_neighbours_go_on()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing);
        var sent = 0L;
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                await stream.WriteAsync(Say.Replay(), stopped);
                for (var id = 1; id <= 4_000; id++)
                {
                    var jobEvent = Say.Event(id, previous: id - 1);
                    jobEvent.Stage = new string('x', 4_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                    Interlocked.Increment(ref sent);
                }
            }
        );
        await using var slow = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");

        // The queues between fill up and the backend stands: what it has sent stops growing far below the 16 MB it has.
        await TestGateway.EventuallyAsync(() => Interlocked.Read(ref sent) > 100, "the backend sends");
        await StandsStillAsync(() => Interlocked.Read(ref sent));
        Assert.InRange(Interlocked.Read(ref sent), 100, 3_000);

        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
        await bridge.Client.SubscribeAsync("job-2", 0);
        await bridge.Client.UntilAsync("replay");

        // Once it reads again it gets every event.
        var ids = await slow.ReadEventIdsAsync(4_000);
        Assert.Equal(Enumerable.Range(1, 4_000).Select(i => (long)i), ids);
    }

    [Fact]
    public async Task Lossless_when_slow_a_reader_that_moves_is_kept_however_long_it_takes()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, Sharing, "Gateway:Limits:StuckReaderTimeout=00:00:04");
        bridge.Backend.Always(
            async (request, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: request.AfterEventId), stopped);
                await stream.WriteAsync(Say.Replay(), stopped);
                for (var id = request.AfterEventId + 1; ; id++)
                {
                    var jobEvent = Say.Event(id, previous: id - 1);
                    jobEvent.Stage = new string('x', 4_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                }
            }
        );
        await using var slow = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl, receiveBufferBytes: 64 * 1024);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");

        // About 60 KB/s for three times as long as a reader may take nothing.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(66));
        var ids = new List<long>();
        while (ids.Count < 200)
        {
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            ids.AddRange(await slow.ReadEventIdsAsync(1));
        }

        Assert.Equal(Enumerable.Range(1, 200).Select(id => (long)id), ids);
        Assert.Equal(2, bridge.Gateway.Connections);
    }

    private static async Task StandsStillAsync(Func<long> value)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var (last, same) = (value(), 0); same < 5; )
        {
            await poll.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var now = value();
            (last, same) = (now, now == last ? same + 1 : 0);
        }
    }
}
