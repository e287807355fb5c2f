using System.Text.Json.Nodes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 6: what a client is told, and what that does to its subscription.</summary>
public sealed class ErrorsTests
{
    [Fact]
    public async Task Invalid_messages_are_answered_and_touch_nothing()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed());

        await bridge.Client.SendTextAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":"7","requestId":"r1"}""");

        var error = await bridge.Client.NextAsync("error");
        Assert.Equal(("invalid_message", "untouched", "r1"), Said(error));
        Assert.False((bool)error["retryable"]!);
        Assert.Equal(1, bridge.Gateway.UpstreamStreams);
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "job_not_found")]
    [InlineData(StatusCode.PermissionDenied, "forbidden")]
    [InlineData(StatusCode.Internal, "backend_error")]
    [InlineData(StatusCode.InvalidArgument, "backend_error")]
    [InlineData(StatusCode.DataLoss, "backend_error")]
    [InlineData(StatusCode.Unimplemented, "backend_error")]
    [InlineData(StatusCode.FailedPrecondition, "backend_error")]
    [InlineData(StatusCode.Unauthenticated, "backend_error")]
    public async Task A_backend_that_refuses_is_believed_and_asked_once(StatusCode status, string code)
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.Fail(status));

        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                afterEventId = 0,
                requestId = "r1",
            }
        );

        var error = await bridge.Client.NextAsync("error");
        Assert.Equal((code, "not_opened", "r1"), Said(error));
        Assert.DoesNotContain("scripted", error.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(await bridge.Client.SettleAsync());
        Assert.Single(bridge.Requests);
    }

    [Fact]
    public async Task An_epoch_that_is_another_one_now_is_told()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.FailedPrecondition));
        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                afterEventId = 7,
                epoch = "old",
            }
        );
        Assert.Equal(("epoch_changed", "not_opened", null), Said(await bridge.Client.NextAsync("error")));

        // A backend that doesn't compare is compared with.
        bridge.Backend.Next(Say.Subscribed(last: 9), Say.Replay(Say.Events(8, 9)));
        await bridge.Client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = "job-1",
                afterEventId = 7,
                epoch = "old",
            }
        );
        Assert.Equal(("epoch_changed", "not_opened", null), Said(await bridge.Client.NextAsync("error")));
        Assert.Empty(bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task An_epoch_that_changes_while_the_backend_was_away_ends_the_subscription()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        bridge.Backend.Next(Say.Subscribed(last: 1, epoch: "e2"), Say.Replay());

        await bridge.Client.SubscribeAsync("job-1", 0);
        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(("epoch_changed", "ended", null), Said(messages[^2]));
        Assert.Equal("failed", (string?)messages[^1]["reason"]);
    }

    [Fact]
    public async Task A_log_that_no_longer_reaches_back_is_told_with_what_is_left()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "50"), ("latest-event-id", "90")));

        await bridge.Client.SubscribeAsync("job-1", 7);

        var error = await bridge.Client.NextAsync("error");
        Assert.Equal(("history_truncated", "not_opened", null), Said(error));
        Assert.Equal((50, 90), ((long)error["earliestEventId"]!, (long)error["latestEventId"]!));
    }

    [Fact]
    public async Task A_cursor_ahead_is_asked_again_for_three_seconds_since_a_replica_may_lag()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "1"), ("latest-event-id", "90")));
        await bridge.Client.SubscribeAsync("job-1", 100);
        await bridge.CalledAsync(1);

        var gone = await clock.RunUntilAsync(() => bridge.Client.Received.Count > 0, TimeSpan.FromSeconds(9), "an answer came");

        Assert.InRange(gone, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(8));
        Assert.Equal(("cursor_ahead", "not_opened", null), Said(bridge.Client.Received[0]));
        Assert.True(bridge.Requests.Count > 2);
    }

    [Fact]
    public async Task A_replica_that_catches_up_in_time_serves_the_cursor()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "1"), ("latest-event-id", "90")));
        bridge.Backend.Next(Say.Subscribed(last: 101), Say.Replay(Say.Events(101, 101)));

        await bridge.Client.SubscribeAsync("job-1", 100);

        await bridge.Client.NextAsync("subscribed");
        Assert.Equal([101], TestClient.EventIds([await bridge.Client.NextAsync("replay")], "job-1"));
    }

    [Fact]
    public async Task A_cursor_that_the_backend_accepts_in_silence_though_it_is_ahead_is_told()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 90), Say.Replay()));
        await bridge.Client.SubscribeAsync("job-1", 100);

        await clock.RunUntilAsync(() => bridge.Client.Received.Count > 0, TimeSpan.FromSeconds(9), "an answer came");

        Assert.Equal(("cursor_ahead", "not_opened", null), Said(bridge.Client.Received[0]));
        Assert.Equal(90, (long)bridge.Client.Received[0]["latestEventId"]!);
    }

    [Fact]
    public async Task OUT_OF_RANGE_without_trailers_is_asked_again_and_then_taken_for_a_truncated_log()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.OutOfRange));
        await bridge.Client.SubscribeAsync("job-1", 100);
        await bridge.CalledAsync(1);

        var gone = await clock.RunUntilAsync(() => bridge.Client.Received.Count > 0, TimeSpan.FromSeconds(9), "an answer came");

        Assert.InRange(gone, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(8));
        Assert.Equal(("history_truncated", "not_opened", null), Said(bridge.Client.Received[0]));
    }

    [Fact]
    public async Task A_subscribe_that_can_not_be_opened_in_ten_seconds_ends_with_backend_unavailable()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.Unavailable));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.CalledAsync(1);

        var gone = await clock.RunUntilAsync(() => bridge.Client.Received.Count > 0, TimeSpan.FromSeconds(30), "an answer came");

        Assert.InRange(gone, TimeSpan.FromSeconds(9.5), TimeSpan.FromSeconds(16));
        Assert.Equal(("backend_unavailable", "not_opened", null), Said(bridge.Client.Received[0]));
        Assert.True((bool)bridge.Client.Received[0]["retryable"]!);
    }

    [Fact]
    public async Task A_backend_that_never_confirms_is_given_up_after_ten_seconds()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Always((_, _, stopped) => ScriptedBackend.SilenceAsync(stopped));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.CalledAsync(1);

        await clock.RunUntilAsync(() => bridge.Client.Received.Count > 0, TimeSpan.FromSeconds(30), "an answer came");

        Assert.Equal(("backend_unavailable", "not_opened", null), Said(bridge.Client.Received[0]));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "no stream is left");
    }

    [Fact]
    public async Task An_outage_is_told_once_and_only_after_three_seconds_and_its_end_is_told_by_an_empty_replay()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        var isBack = false;
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        bridge.Backend.Always(
            (request, stream, stopped) =>
                Volatile.Read(ref isBack)
                    ? ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay())(request, stream, stopped)
                    : throw new RpcException(new Status(StatusCode.Unavailable, "away"))
        );
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("replay");

        var quiet = await clock.RunUntilAsync(() => bridge.Client.Received.Count > 2, TimeSpan.FromSeconds(10), "the outage was told");
        var told = await bridge.Client.NextAsync("error");
        Assert.InRange(quiet, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(6));
        Assert.Equal(("backend_unavailable", "kept", null), Said(told));
        Assert.True((bool)told["retryable"]!);

        await clock.RunForAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(3, bridge.Client.Received.Count);

        Volatile.Write(ref isBack, value: true);
        await clock.RunUntilAsync(() => bridge.Client.Received.Count > 3, TimeSpan.FromSeconds(20), "all is well again");
        var wellAgain = await bridge.Client.NextAsync("replay");
        Assert.Empty(wellAgain["data"]!.AsArray());
        Assert.False((bool)wellAgain["hasMore"]!);
    }

    [Fact]
    public async Task A_short_outage_is_not_told_and_the_empty_replay_of_the_reopened_stream_is_not_passed_on()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(), Say.Live(Say.Event(2)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        var messages = await bridge.Client.UntilAsync("event");

        Assert.Equal(["subscribed", "replay", "event"], messages.Select(m => (string)m["type"]!));
    }

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task The_same_breach_after_five_reopens_without_progress_is_a_backend_error(string breach)
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Always(
            breach switch
            {
                "OK without a terminal event" => ScriptedBackend.SayAndEnd(Say.Subscribed(last: 5), Say.Replay()),
                "a gap" => ScriptedBackend.Say(Say.Subscribed(last: 7), Say.Replay(Say.Event(7, previous: 6))),
                _ => ScriptedBackend.Say(Say.Subscribed(last: 5), Say.Replay(), Say.Heartbeat(last: 6)),
            }
        );
        await bridge.Client.SubscribeAsync("job-1", 5);

        await clock.RunUntilAsync(
            () => bridge.Client.Received.Any(m => (string?)m["type"] == "unsubscribed"),
            TimeSpan.FromMinutes(2),
            "the gateway gave up"
        );

        Assert.Equal(("backend_error", "ended", null), Said(bridge.Client.Received[^2]));
        Assert.Equal(6, bridge.Requests.Count);
    }

    public static TheoryData<string> Breaches => ["OK without a terminal event", "a gap", "a heartbeat that is ahead"];

    [Fact]
    public async Task A_heartbeat_on_a_stream_that_has_stood_is_progress_and_the_next_breach_counts_as_the_first()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        using var hasStood = new SemaphoreSlim(0);
        bridge.Backend.Always(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 5), stopped);
                await hasStood.WaitAsync(stopped);
                await stream.WriteAsync(Say.Heartbeat(last: 5), stopped);
            }
        );
        await bridge.Client.SubscribeAsync("job-1", 5);
        await bridge.Client.NextAsync("subscribed");

        for (var breach = 1; breach <= 6; breach++)
        {
            await clock.RunForAsync(TimeSpan.FromSeconds(12));
            hasStood.Release();
            await clock.RunUntilAsync(
                () => bridge.Requests.Count == breach + 1,
                TimeSpan.FromSeconds(20),
                $"it was asked for again after breach {breach}"
            );
        }

        Assert.DoesNotContain(bridge.Client.Received, m => (string?)m["type"] == "unsubscribed");
    }

    [Fact]
    public async Task An_absent_backend_never_uses_up_the_budget()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.Unavailable));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("replay");

        await clock.RunForAsync(TimeSpan.FromMinutes(5));
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 3), Say.Replay(Say.Events(2, 3)), Say.Live(Say.Completed(4))));
        await clock.RunUntilAsync(
            () => bridge.Client.Received.Any(m => (string?)m["type"] == "unsubscribed"),
            TimeSpan.FromSeconds(30),
            "the job ended"
        );

        Assert.Equal([1, 2, 3, 4], bridge.Client.EventIds("job-1"));
        Assert.Equal("job_ended", (string?)bridge.Client.Received[^1]["reason"]);
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "job_not_found")]
    [InlineData(StatusCode.Unimplemented, "backend_error")]
    public async Task On_a_reopen_a_new_replica_gets_a_minute_to_know_the_job(StatusCode status, string code)
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        bridge.Backend.Always(ScriptedBackend.Fail(status));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("replay");

        var gone = await clock.RunUntilAsync(
            () => bridge.Client.Received.Any(m => (string?)m["type"] == "unsubscribed"),
            TimeSpan.FromMinutes(2),
            "the gateway believed it"
        );

        Assert.InRange(gone, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(75));
        Assert.Equal((code, "ended", null), Said(bridge.Client.Received[^2]));
    }

    [Theory]
    [MemberData(nameof(BadEvents))]
    public async Task An_event_that_can_not_be_shown_is_asked_for_once_more_and_then_told_and_those_before_it_are_delivered(string kind)
    {
        await using var bridge = await Bridge.OpenAsync();
        var bad = Bad(kind);
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(hasMore: true, [.. Say.Events(1, 2), bad]));
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(bad));

        await bridge.Client.SubscribeAsync("job-1", 0);
        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(("bad_event", "ended", null), Said(messages[^2]));
        Assert.Equal(kind.StartsWith("id", StringComparison.Ordinal) ? "" : "3", messages[^2]["eventId"]?.ToJsonString() ?? "");
        Assert.Equal([1, 2], bridge.Client.EventIds("job-1"));
        Assert.Equal([0, 2], bridge.Requests.Select(r => r.AfterEventId));
    }

    public static TheoryData<string> BadEvents =>
        ["no timestamp", "year 10000", "nested too deep", "too large", "id 0", "id beyond 2^53-1"];

    [Fact]
    public async Task A_live_event_that_can_not_be_shown_is_skipped_knowingly_with_its_id()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(), Say.Live(Bad("nested too deep")));
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(Bad("nested too deep")));
        await bridge.Client.SubscribeAsync("job-1", 2);
        var error = (await bridge.Client.UntilAsync("unsubscribed"))[^2];
        Assert.Equal(3, (long)error["eventId"]!);

        bridge.Backend.Next(Say.Subscribed(last: 4), Say.Replay(Say.Events(4, 4)));
        await bridge.Client.SubscribeAsync("job-1", 3);

        await bridge.Client.NextAsync("subscribed");
        Assert.Equal([4], TestClient.EventIds([await bridge.Client.NextAsync("replay")], "job-1"));
    }

    [Fact]
    public async Task A_connection_has_as_many_subscriptions_as_it_may_have_and_gets_new_ones_when_some_end()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Limits:SubscriptionsPerConnection=2");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed()));
        await bridge.Client.SubscribeAsync("job-1");
        await bridge.Client.SubscribeAsync("job-2");
        await bridge.Client.SubscribeAsync("job-3");

        var messages = await bridge.Client.SettleAsync();
        Assert.Equal("too_many_subscriptions", (string?)messages.Single(m => (string?)m["jobId"] == "job-3")["code"]);

        await bridge.Client.SendAsync(new { type = "unsubscribe", jobId = "job-1" });
        await bridge.Client.SubscribeAsync("job-3");
        await bridge.Client.UntilAsync(m => (string?)m["type"] == "subscribed" && (string?)m["jobId"] == "job-3");
    }

    [Fact]
    public async Task A_job_that_no_backend_is_configured_for_is_not_found()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Backends:test:JobIds=dspy-*");

        await bridge.Client.SubscribeAsync("job-1", 0);

        Assert.Equal(("job_not_found", "not_opened", null), Said(await bridge.Client.NextAsync("error")));
    }

    [Fact]
    public async Task A_replay_that_fails_is_answered_by_error_and_touches_no_subscription()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed());
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.NotFound));

        await bridge.Client.SendAsync(
            new
            {
                type = "replay",
                jobId = "job-1",
                requestId = "r1",
            }
        );

        var error = await bridge.Client.NextAsync("error");
        Assert.Equal(("job_not_found", "untouched", "r1"), Said(error));
        Assert.True((bool)error["requested"]!);
        Assert.Equal(1, bridge.Gateway.UpstreamStreams);
    }

    private static (string? Code, string? Effect, string? RequestId) Said(JsonObject error) =>
        ((string?)error["code"], (string?)error["subscription"], (string?)error["requestId"]);

    private static JobEvent Bad(string kind)
    {
        var bad = Say.Event(3);
        switch (kind)
        {
            case "no timestamp":
                bad.Timestamp = null;
                break;
            case "year 10000":
                bad.Timestamp.Seconds = 253402300800;
                break;
            case "nested too deep":
                var value = Google.Protobuf.WellKnownTypes.Value.ForBool(true);
                for (var i = 0; i < 200; i++)
                {
                    value = Google.Protobuf.WellKnownTypes.Value.ForList(value);
                }

                bad.Details = new Google.Protobuf.WellKnownTypes.Struct { Fields = { ["x"] = value } };
                break;
            case "too large":
                bad.Stage = new string('x', 5 * 1024 * 1024);
                break;
            case "id 0":
                bad.Id = 0;
                break;
            default:
                bad.Id = 1L << 53;
                break;
        }

        return bad;
    }
}
