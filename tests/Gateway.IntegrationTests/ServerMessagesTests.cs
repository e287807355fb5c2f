using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 3: the life of a subscription.</summary>
public sealed class ServerMessagesTests
{
    [Theory]
    [InlineData("true", "at Optimizer.Run()")]
    [InlineData("false", "")]
    public async Task A_stack_is_withheld_from_live_and_replayed_events_where_that_is_set(string setting, string expected)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, $"Gateway:Translation:IncludeErrorStack={setting}");
        static JobEvent Failed(long id)
        {
            var jobEvent = Say.Event(id);
            jobEvent.JobFailed = new JobFailed
            {
                Error = "it broke",
                ErrorStack = "at Optimizer.Run()",
                WillRetry = true,
            };
            return jobEvent;
        }

        await bridge.SubscribeAsync(afterEventId: 0, Say.Subscribed(last: 1), Say.Replay(Failed(1)), Say.Live(Failed(2)));
        await bridge.Client.UntilAsync("event");
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Failed(1)));
        await bridge.Client.SendAsync(new { type = "replay", jobId = "job-1" });
        var replay = (await bridge.Client.UntilAsync("replay"))[^1];

        var events = TestClient.Events(bridge.Client.Received, "job-1").Append(replay["data"]![0]!).ToList();
        Assert.Equal(3, events.Count);
        Assert.All(events, shown => Assert.Equal(expected, (string?)shown["data"]!["errorStack"]));
    }

    [Fact]
    public async Task Subscribed_says_where_the_log_stands()
    {
        await using var bridge = await Bridge.OpenAsync();

        var subscribed = await bridge.SubscribeAsync(10, Say.Subscribed(last: 20, earliest: 5), Say.Replay(Say.Events(11, 20)));

        Assert.Equal(
            """{"type":"subscribed","jobId":"job-1","epoch":"e1","lastEventId":20,"earliestEventId":5}""",
            subscribed.ToJsonString()
        );
    }

    [Fact]
    public async Task With_a_position_at_least_one_replay_follows_an_empty_one_if_there_is_nothing()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(9, Say.Subscribed(last: 9), Say.Replay());

        Assert.Equal("""{"type":"replay","jobId":"job-1","data":[],"hasMore":false}""", (await bridge.Client.NextAsync()).ToJsonString());
    }

    [Fact]
    public async Task Without_a_position_there_is_no_replay_and_the_events_are_those_from_now()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed(last: 9), Say.Live(Say.Event(10, previous: 9)));

        Assert.Equal(10, (long)(await bridge.Client.NextAsync("event"))["event"]!["id"]!);
        Assert.False(bridge.Requests[0].HasAfterEventId);
    }

    [Fact]
    public async Task A_terminal_event_ends_the_subscription_at_once_whatever_the_backend_does_next()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(
            0,
            Say.Subscribed(last: 1),
            Say.Replay(Say.Events(1, 1)),
            Say.Live(Say.Completed(2)),
            Say.Live(Say.Event(3))
        );

        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal("job_ended", (string?)messages[^1]["reason"]);
        Assert.Equal([1, 2], bridge.Client.EventIds("job-1"));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "the stream is cancelled");
        Assert.Single(await bridge.Client.SettleAsync());
    }

    [Fact]
    public async Task A_terminal_event_in_a_batch_ends_the_batch_and_the_subscription()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 3), Say.Replay(hasMore: true, Say.Event(1), Say.Completed(2), Say.Event(3)));

        var replay = await bridge.Client.NextAsync("replay");

        Assert.False((bool)replay["hasMore"]!);
        Assert.Equal([1, 2], bridge.Client.EventIds("job-1"));
        Assert.Equal("job_ended", (string?)(await bridge.Client.NextAsync("unsubscribed"))["reason"]);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(3L)]
    [InlineData(null)]
    public async Task A_job_that_had_ended_before_is_unsubscribed_at_once(long? after)
    {
        await using var bridge = await Bridge.OpenAsync();
        JobEvent[] left = after == 0 ? [.. Say.Events(1, 2), Say.Completed(3)] : [];
        WatchJobResponse[] says = after is null
            ? [Say.Subscribed(last: 3, ended: true)]
            : [Say.Subscribed(last: 3, ended: true), Say.Replay(left)];
        await bridge.SubscribeAsync(after, says);

        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal("job_ended", (string?)messages[^1]["reason"]);
        Assert.Equal(after is null ? 1 : 2, messages.Count);
    }

    [Fact]
    public async Task A_failure_that_will_be_retried_is_not_the_end()
    {
        await using var bridge = await Bridge.OpenAsync();
        var failed = Say.Bare(1);
        failed.JobFailed = new JobFailed { Error = "out of memory", WillRetry = true };
        await bridge.SubscribeAsync(0, Say.Subscribed(), Say.Replay(), Say.Live(failed), Say.Live(Say.Event(2)));

        await bridge.Client.UntilAsync(m => (string?)m["type"] == "event" && (long)m["event"]!["id"]! == 2);
    }

    [Fact]
    public async Task A_backends_batch_is_split_at_256_KiB_and_only_the_last_part_says_that_no_more_follows()
    {
        await using var bridge = await Bridge.OpenAsync();
        var events = Say.Events(1, 40);
        foreach (var jobEvent in events)
        {
            jobEvent.Stage = new string('x', 20_000);
        }

        await bridge.SubscribeAsync(0, Say.Subscribed(last: 40), Say.Replay(events));

        var parts = await bridge.Client.UntilAsync(m => (bool?)m["hasMore"] == false);
        Assert.True(parts.Count >= 4);
        Assert.All(parts, part => Assert.InRange(part.ToJsonString().Length, 1, 256 * 1024));
        Assert.All(parts.SkipLast(1), part => Assert.True((bool)part["hasMore"]!));
        Assert.Equal(events.Select(e => e.Id), TestClient.EventIds(parts, "job-1"));
    }

    [Fact]
    public async Task One_event_larger_than_a_message_may_be_is_sent_whole()
    {
        await using var bridge = await Bridge.OpenAsync();
        var large = Say.Event(1);
        large.Stage = new string('x', 3 * 1024 * 1024);

        await bridge.SubscribeAsync(0, Say.Subscribed(last: 2), Say.Replay(large, Say.Event(2)));

        var parts = await bridge.Client.UntilAsync(m => (bool?)m["hasMore"] == false);
        Assert.Equal([1, 2], TestClient.EventIds(parts, "job-1"));
        Assert.Equal(2, parts.Count);
    }

    [Fact]
    public async Task Many_jobs_share_one_socket_and_each_gets_its_own_events()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Always(
            async (request, stream, stopped) =>
            {
                var own = long.Parse(request.JobId.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture) * 100;
                await stream.WriteAsync(Say.Subscribed(last: own + 1), stopped);
                await stream.WriteAsync(Say.Replay(Say.Event(own + 1)), stopped);
                await stream.WriteAsync(Say.Live(Say.Completed(own + 2)), stopped);
            }
        );

        for (var i = 1; i <= 30; i++)
        {
            await bridge.Client.SubscribeAsync($"job-{i}", 0);
        }

        var ended = 0;
        await bridge.Client.UntilAsync(m => (string?)m["type"] == "unsubscribed" && ++ended == 30);
        Assert.All(Enumerable.Range(1, 30), i => Assert.Equal([(i * 100) + 1, (i * 100) + 2], bridge.Client.EventIds($"job-{i}")));
    }

    [Fact]
    public async Task A_thousand_subscriptions_over_twenty_sockets_to_one_backend_all_get_their_events()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(backend.Url);
        var everyoneIsHere = new TaskCompletionSource();
        var here = 0;
        backend.Always(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(), stopped);
                if (Interlocked.Increment(ref here) == 1_000)
                {
                    everyoneIsHere.SetResult();
                }

                await everyoneIsHere.Task.WaitAsync(stopped);
                await stream.WriteAsync(Say.Live(Say.Event(1)), stopped);
                await ScriptedBackend.SilenceAsync(stopped);
            }
        );

        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.ConnectAsync()));
        foreach (var (number, client) in clients.Index())
        {
            for (var i = 0; i < 50; i++)
            {
                await client.SubscribeAsync($"job-{number}-{i}");
            }
        }

        foreach (var client in clients)
        {
            var events = 0;
            await client.UntilAsync(m => (string?)m["type"] == "event" && ++events == 50);
        }

        Assert.Equal(1_000, gateway.UpstreamStreams);
        await Task.WhenAll(clients.Select(client => client.CloseAsync()));
        await TestGateway.EventuallyAsync(() => gateway.UpstreamStreams == 0 && gateway.Connections == 0, "nothing is left");
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }
}
