using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 2, and what section 9 adds on order and answers.</summary>
public sealed class ClientMessagesTests
{
    [Fact]
    public async Task A_ping_is_answered_by_a_pong()
    {
        await using var bridge = await Bridge.OpenAsync();

        await bridge.Client.SendAsync(new { type = "ping" });

        Assert.Equal("""{"type":"pong"}""", (await bridge.Client.NextAsync()).ToJsonString());
    }

    [Fact]
    public async Task Unsubscribe_is_always_answered_also_for_a_job_that_was_never_subscribed()
    {
        await using var bridge = await Bridge.OpenAsync();

        await bridge.Client.SendAsync(
            new
            {
                type = "unsubscribe",
                jobId = "job-1",
                requestId = "r1",
            }
        );

        Assert.Equal(
            """{"type":"unsubscribed","jobId":"job-1","reason":"requested","requestId":"r1"}""",
            (await bridge.Client.NextAsync()).ToJsonString()
        );
    }

    [Fact]
    public async Task Unsubscribe_stops_the_backend_stream_and_nothing_more_comes()
    {
        await using var bridge = await Bridge.OpenAsync();
        var cancelled = new TaskCompletionSource();
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(), stopped);
                await ScriptedBackend.SilenceAsync(stopped);
                cancelled.SetResult();
            }
        );
        await bridge.Client.SubscribeAsync("job-1");
        await bridge.Client.NextAsync("subscribed");

        await bridge.Client.SendAsync(new { type = "unsubscribe", jobId = "job-1" });

        Assert.Equal("requested", (string?)(await bridge.Client.NextAsync("unsubscribed"))["reason"]);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Single(await bridge.Client.SettleAsync());
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "no stream is left");
    }

    [Fact]
    public async Task Unsubscribe_while_the_watch_is_opening_is_answered_by_unsubscribed_alone()
    {
        await using var bridge = await Bridge.OpenAsync();
        var goOn = new TaskCompletionSource();
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await goOn.Task.WaitAsync(stopped);
                await stream.WriteAsync(Say.Subscribed(), stopped);
            }
        );
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.CalledAsync(1);

        await bridge.Client.SendAsync(new { type = "unsubscribe", jobId = "job-1" });

        Assert.Equal("requested", (string?)(await bridge.Client.NextAsync("unsubscribed"))["reason"]);
        goOn.SetResult();
        Assert.Single(await bridge.Client.SettleAsync());
    }

    [Fact]
    public async Task A_second_subscribe_is_a_seek_with_a_new_subscribed_and_nothing_of_the_old_one_after()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(5, Say.Subscribed(last: 9), Say.Replay(Say.Events(6, 9)));
        await bridge.Client.NextAsync("replay");

        bridge.Backend.Next(Say.Subscribed(last: 9), Say.Replay(Say.Events(1, 9)));
        await bridge.Client.SubscribeAsync("job-1", 0);

        var messages = await bridge.Client.UntilAsync("replay");
        Assert.Equal(["subscribed", "replay"], messages.Select(m => (string)m["type"]!));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], TestClient.EventIds(messages, "job-1"));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 1, "the old stream is stopped");
    }

    [Fact]
    public async Task A_seek_that_can_not_be_opened_ends_the_subscription()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed(last: 9));

        bridge.Backend.Next(ScriptedBackend.Fail(Grpc.Core.StatusCode.NotFound));
        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                afterEventId = 3,
                requestId = "seek",
            }
        );

        var error = await bridge.Client.NextAsync("error");
        Assert.Equal("job_not_found", (string?)error["code"]);
        Assert.Equal("ended", (string?)error["subscription"]);
        Assert.Equal("seek", (string?)error["requestId"]);
        Assert.Equal("failed", (string?)(await bridge.Client.NextAsync("unsubscribed"))["reason"]);
    }

    [Fact]
    public async Task A_subscribe_while_opening_supersedes_the_one_that_opens_which_gets_no_answer()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next((_, _, stopped) => ScriptedBackend.SilenceAsync(stopped));
        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                requestId = "first",
            }
        );
        await bridge.CalledAsync(1);

        bridge.Backend.Next(Say.Subscribed(last: 7));
        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                requestId = "second",
            }
        );

        Assert.Equal("second", (string?)(await bridge.Client.NextAsync("subscribed"))["requestId"]);
        Assert.Single(await bridge.Client.SettleAsync());
    }

    [Fact]
    public async Task A_replay_needs_no_subscription_and_changes_none()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed(last: 3));
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(hasMore: true, Say.Events(2, 2)), Say.Replay(Say.Events(3, 3)));

        await bridge.Client.SendAsync(
            new
            {
                type = "replay",
                jobId = "job-1",
                afterEventId = 1,
                requestId = "r",
            }
        );

        var batches = await bridge.Client.UntilAsync(m => (bool?)m["hasMore"] == false);
        Assert.All(batches, batch => Assert.Equal((true, "r"), ((bool)batch["requested"]!, (string?)batch["requestId"])));
        Assert.Equal([2, 3], batches.SelectMany(b => b["data"]!.AsArray()).Select(e => (long)e!["id"]!));
        Assert.True(bridge.Requests[1].HistoryOnly);
        Assert.Equal(1, bridge.Requests[1].AfterEventId);
        Assert.Single(await bridge.Client.SettleAsync());
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 1, "only the subscription's stream is left");
    }

    [Fact]
    public async Task Replays_of_one_job_are_answered_one_at_a_time_in_order_and_few_may_wait()
    {
        await using var bridge = await Bridge.OpenAsync();
        var goOn = new TaskCompletionSource();
        bridge.Backend.Always(
            async (_, stream, stopped) =>
            {
                await goOn.Task.WaitAsync(stopped);
                await stream.WriteAsync(Say.Subscribed(last: 1), stopped);
                await stream.WriteAsync(Say.Replay(Say.Events(1, 1)), stopped);
            }
        );

        for (var i = 0; i < 6; i++)
        {
            await bridge.Client.SendAsync(
                new
                {
                    type = "replay",
                    jobId = "job-1",
                    requestId = $"r{i}",
                }
            );
        }

        var refused = await bridge.Client.NextAsync("error");
        Assert.Equal("rate_limited", (string?)refused["code"]);
        Assert.Equal("r5", (string?)refused["requestId"]);
        Assert.True((bool?)refused["requested"]);
        Assert.True((bool?)refused["retryable"]);
        await bridge.CalledAsync(1);
        Assert.Single(bridge.Requests);

        goOn.SetResult();
        var answers = await bridge.Client.UntilAsync(m => (string?)m["requestId"] == "r4");
        Assert.Equal(["r0", "r1", "r2", "r3", "r4"], answers.Select(m => (string)m["requestId"]!));
    }

    [Fact]
    public async Task Unsubscribe_also_drops_the_jobs_replays()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Always((_, _, stopped) => ScriptedBackend.SilenceAsync(stopped));
        await bridge.Client.SendAsync(new { type = "replay", jobId = "job-1" });
        await bridge.Client.SendAsync(new { type = "replay", jobId = "job-1" });
        await bridge.CalledAsync(1);

        await bridge.Client.SendAsync(new { type = "unsubscribe", jobId = "job-1" });

        await bridge.Client.NextAsync("unsubscribed");
        Assert.Single(await bridge.Client.SettleAsync());
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "no stream is left");
        Assert.Single(bridge.Requests);
    }

    [Fact]
    public async Task The_epoch_and_the_cursor_reach_the_backend()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 5), Say.Replay());

        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                afterEventId = 5,
                epoch = Say.Epoch,
            }
        );
        await bridge.Client.NextAsync("subscribed");

        Assert.Equal((5, Say.Epoch, false), (bridge.Requests[0].AfterEventId, bridge.Requests[0].Epoch, bridge.Requests[0].HistoryOnly));
    }
}
