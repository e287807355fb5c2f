using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// Backends that speak gRPC well and say the wrong things, PROTOCOL.md sections 8 and 9: what the browser's user sees, and that the gateway,
/// its other jobs and the same backend's next job go on. What is right to begin with is in <see cref="BackendsTests"/> and
/// <see cref="ErrorsTests"/>.
/// </summary>
public sealed class HostileBackendTests
{
    private static readonly WatchScript Honest = ScriptedBackend.Say(
        Say.Subscribed(last: 1),
        Say.Replay(Say.Events(1, 1)),
        Say.Live(Say.Completed(2))
    );

    [Fact]
    public async Task Ids_that_repeat_and_decrease_are_dropped_and_the_user_sees_each_event_once()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(
            Say.Subscribed(last: 3),
            Say.Replay(Say.Event(1), Say.Event(3), Say.Event(2), Say.Event(3)),
            Say.Live(Say.Event(3)),
            Say.Live(Say.Event(5)),
            Say.Live(Say.Event(4)),
            Say.Live(Say.Event(1)),
            Say.Live(Say.Completed(6))
        );

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed job_ended");

        Assert.Equal(["subscribed", "replay 1 3", "event 5", "event 6", "unsubscribed job_ended"], bridge.Told());
        Assert.Equal(5, bridge.Dropped);
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task Ids_that_restart_at_1_in_the_middle_of_a_stream_are_dropped_and_counted()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        WatchJobResponse[] again = [.. Say.Events(1, 4).Select(Say.Live)];
        backend.Next([Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3)), .. again]);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("event 4");

        Assert.Equal(["subscribed", "replay 1 2 3", "event 4"], bridge.Told());
        Assert.Equal(3, bridge.Dropped);
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task Ids_that_restart_at_1_on_a_reopened_stream_of_the_same_epoch_are_cursor_ahead_after_a_minute()
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        await bridge.Client.SubscribeAsync("job-1", 0);

        var gone = await RunUntilToldAsync(clock, bridge, "unsubscribed failed");

        Assert.InRange(gone, TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(80));
        Assert.Equal(
            ["subscribed", "replay 1 2 3", "error backend_unavailable kept", "error cursor_ahead ended", "unsubscribed failed"],
            bridge.Told()
        );
        Assert.InRange(backend.Requests.Count, 5, 60);
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task Ids_that_skip_are_a_gap_only_where_the_backend_says_what_is_missing()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(Say.Subscribed(last: 0), Say.Replay(), Say.Live(Say.Event(10)), Say.Live(Say.Event(30, previous: 20)));
        backend.Next(
            Say.Subscribed(last: 30),
            Say.Replay(Say.Event(20, previous: 10), Say.Event(30, previous: 20)),
            Say.Live(Say.Completed(40))
        );

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed job_ended");

        Assert.Equal(["subscribed", "replay", "event 10", "replay 20 30", "event 40", "unsubscribed job_ended"], bridge.Told());
        Assert.Equal(["Breach"], bridge.Causes);
        await AssertWellAsync(backend, bridge);
    }

    public static TheoryData<string> FirstWords => ["nothing", "heartbeats", "messages newer than this gateway"];

    [Theory]
    [MemberData(nameof(FirstWords))]
    public async Task A_stream_that_never_says_subscribed_ends_a_subscribe_in_ten_seconds_however_much_else_it_says(string words)
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(SayForEver(words, clock));
        await bridge.Client.SubscribeAsync("job-1", 0);

        var gone = await RunUntilToldAsync(clock, bridge, "error backend_unavailable not_opened");

        Assert.InRange(gone, TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(12));
        Assert.Single(backend.Requests);
        Assert.Equal(["Silent"], bridge.Causes);
        await AssertWellAsync(backend, bridge);
    }

    [Theory]
    [MemberData(nameof(FirstWords))]
    public async Task A_reopened_stream_that_never_says_subscribed_is_given_up_every_ten_seconds_until_one_does(string words)
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        backend.Always(SayForEver(words, clock));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("replay 1");

        await clock.RunForAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["subscribed", "replay 1", "error backend_unavailable kept"], bridge.Told());
        Assert.InRange(backend.Requests.Count, 4, 8);
        Assert.Single(bridge.Warnings);
        backend.Always(Honest);
        await RunUntilToldAsync(clock, bridge, "unsubscribed job_ended");
        Assert.Equal([1, 2], bridge.Client.EventIds("job-1"));
        await bridge.AssertLivesAsync();
    }

    public static TheoryData<string> Payloads => ["unset", "newer than this gateway"];

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task A_payload_that_says_nothing_is_shown_as_unknown(string kind)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        var strange = Say.Bare(1);
        strange.Details = new Struct { Fields = { ["x"] = Value.ForNumber(1) } };
        strange = kind == "unset" ? strange : WithUnknownField(strange);
        backend.Next(Say.Subscribed(last: 1), Say.Replay(strange), Say.Live(Say.Completed(2)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed job_ended");

        var shown = TestClient.Events(bridge.Client.Received, "job-1").First();
        Assert.Equal("unknown", (string?)shown["eventType"]);
        Assert.Equal("""{"x":1}""", shown["data"]!.ToJsonString());
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task NaN_and_the_infinities_are_null()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        double[] scores = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var events = Say.Events(1, 3);
        foreach (var (jobEvent, score) in events.Zip(scores))
        {
            jobEvent.IterationCompleted.Score = score;
            jobEvent.Details = new Struct { Fields = { ["x"] = Value.ForNumber(score) } };
        }

        backend.Next(Say.Subscribed(last: 3), Say.Replay(events), Say.Live(Say.Completed(4)));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed job_ended");

        Assert.All(
            TestClient.Events(bridge.Client.Received, "job-1").Take(3),
            e => Assert.Equal("""{"score":null,"x":null}""", e["data"]!.ToJsonString())
        );
        await AssertWellAsync(backend, bridge);
    }

    public static TheoryData<string> BadEvents => ["nested 1,000 deep", "over 4 MB", "id 0", "id -1", "id beyond 2^53-1"];

    [Theory]
    [MemberData(nameof(BadEvents))]
    public async Task An_event_that_can_not_be_shown_live_is_met_twice_and_ends_the_subscription(string kind)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(BadEvent(kind))));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed failed");

        Assert.Equal(["subscribed", "replay 1", "error bad_event ended", "unsubscribed failed"], bridge.Told());
        Assert.Equal(2, backend.Requests.Count);
        Assert.Equal(["BadEvent", "BadEvent"], bridge.Causes);
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task OK_without_a_terminal_event_is_forgiven_as_long_as_each_stream_brings_something_new()
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(
            (request, stream, stopped) =>
            {
                var next = request.AfterEventId + 1;
                return ScriptedBackend.SayAndEnd(Say.Subscribed(last: next), Say.Replay(Say.Event(next)))(request, stream, stopped);
            }
        );
        await bridge.Client.SubscribeAsync("job-1", 0);

        await clock.RunForAsync(TimeSpan.FromSeconds(20));

        // Progress resets the backoff; 200 ms is the floor.
        Assert.InRange(backend.Requests.Count, 10, 100);
        var ids = bridge.Client.EventIds("job-1");
        Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);
        Assert.DoesNotContain(bridge.Told(), told => told.StartsWith("error", StringComparison.Ordinal));
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task What_follows_a_terminal_event_is_never_shown()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(
            Say.Subscribed(last: 3),
            Say.Replay(Say.Event(1), Say.Completed(2), Say.Event(3)),
            Say.Live(Say.Event(4)),
            Say.Live(Say.Completed(5))
        );

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed job_ended");
        await AssertWellAsync(backend, bridge);

        Assert.Equal(["subscribed", "replay 1 2", "unsubscribed job_ended"], bridge.Told());
        Assert.Equal(1, bridge.Dropped);
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "no stream is open");
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(2)]
    public async Task A_heartbeat_that_lies_ahead_is_a_gap_and_after_five_reopens_a_backend_error(long last)
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Heartbeat(last)));
        await bridge.Client.SubscribeAsync("job-1", 0);

        await RunUntilToldAsync(clock, bridge, "unsubscribed failed");

        Assert.Equal("error backend_error ended", bridge.Told()[^2]);
        Assert.Equal([1], bridge.Client.EventIds("job-1"));
        Assert.Equal(Enumerable.Repeat("Breach", 6), bridge.Causes);
        Assert.Equal(2, bridge.Warnings.Count);
        Assert.StartsWith(
            "Backend hostile: a watch of job job-1 broke after event 1 (Breach: HeartbeatAhead).",
            bridge.Warnings[0],
            StringComparison.Ordinal
        );
        await AssertWellAsync(backend, bridge);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task A_heartbeat_that_lies_behind_is_ignored(long last)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Heartbeat(last), Say.Live(Say.Completed(2)));

        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-1");

        Assert.Empty(bridge.Causes);
    }

    [Fact]
    public async Task An_epoch_that_changes_in_the_middle_of_a_stream_ends_the_subscription()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(
            Say.Subscribed(last: 1),
            Say.Replay(Say.Events(1, 1)),
            Say.Subscribed(last: 1, epoch: "another"),
            Say.Live(Say.Event(2))
        );

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed failed");

        Assert.Equal(["subscribed", "replay 1", "error epoch_changed ended", "unsubscribed failed"], bridge.Told());
        await AssertWellAsync(backend, bridge);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(1L << 53)]
    [InlineData(long.MaxValue)]
    public async Task An_earliest_id_that_no_cursor_can_name_is_a_backend_error(long earliest)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(Say.Subscribed(last: 1, earliest), Say.Replay(Say.Events(1, 1)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("error backend_error not_opened");

        Assert.Single(bridge.Told());
        await AssertWellAsync(backend, bridge);
    }

    [Fact]
    public async Task A_backend_that_accepts_and_fails_in_a_loop_is_one_outage_for_the_user_and_one_line_in_the_log()
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        backend.Always(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay()));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("replay 1");

        await clock.RunForAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["subscribed", "replay 1", "error backend_unavailable kept"], bridge.Told());
        Assert.InRange(backend.Requests.Count, 12, 60);
        Assert.Single(bridge.Warnings);

        // The all-clear comes when it is true: the stream has stood for 10 s.
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay()));
        var gone = await RunUntilToldAsync(clock, bridge, "replay");
        Assert.InRange(gone, TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(17));
        Assert.Contains("Backend hostile answers again.", bridge.Gateway.Log.GetSnapshot().Select(r => r.Message));
        await bridge.AssertLivesAsync();
    }

    [Fact]
    public async Task A_flood_of_breaks_is_one_episode_in_the_log_and_each_of_them_in_the_metric()
    {
        const int Jobs = 40;
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
        var jobs = Enumerable.Range(1, Jobs).Select(i => $"job-{i}").ToList();
        foreach (var job in jobs)
        {
            await bridge.Client.SubscribeAsync(job, 0);
        }

        await clock.RunUntilAsync(() => bridge.Causes.Count > 5 * Jobs, TimeSpan.FromMinutes(2), "all broke, and again");
        Assert.Single(bridge.Warnings);
        Assert.All(bridge.Causes, cause => Assert.Equal("Unavailable", cause));

        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 2), Say.Replay(Say.Completed(2))));
        await clock.RunUntilAsync(
            () => jobs.TrueForAll(job => bridge.Told(job)[^1] == "unsubscribed job_ended"),
            TimeSpan.FromSeconds(30),
            "all ended"
        );
        Assert.Single(bridge.Warnings);
        Assert.Single(bridge.Gateway.Log.GetSnapshot(), r => r.Message == "Backend hostile answers again.");
    }

    [Fact]
    public async Task A_bad_job_that_is_asked_for_again_and_again_is_one_line_a_minute()
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(ScriptedBackend.Fail(StatusCode.Internal));
        for (var i = 1; i <= 30; i++)
        {
            await bridge.Client.SubscribeAsync("job-1", 0);
            await TestGateway.EventuallyAsync(() => bridge.Told().Count == i, "it was refused");
        }

        Assert.Single(bridge.Warnings);
        clock.Advance(TimeSpan.FromMinutes(1));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await TestGateway.EventuallyAsync(() => bridge.Warnings.Count == 2, "it was said again");
    }

    /// <summary>Ten times a second, which is no breach yet.</summary>
    private static WatchScript SayForEver(string words, Clock clock) =>
        async (_, stream, cancelled) =>
        {
            while (words != "nothing")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancelled);
                await stream.WriteAsync(words == "heartbeats" ? Say.Heartbeat() : new WatchJobResponse(), cancelled);
            }

            await ScriptedBackend.SilenceAsync(cancelled);
        };

    private static JobEvent WithUnknownField(JobEvent jobEvent)
    {
        const int Field = 30;
        var bytes = new MemoryStream();
        bytes.Write(jobEvent.ToByteArray());
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(Field, WireFormat.WireType.LengthDelimited);
            output.WriteString("a payload of the year after next");
        }

        return JobEvent.Parser.ParseFrom(bytes.ToArray());
    }

    private static JobEvent BadEvent(string kind)
    {
        var bad = Say.Event(2);
        switch (kind)
        {
            case "nested 1,000 deep":
                var value = Value.ForBool(true);
                for (var i = 0; i < 1000; i++)
                {
                    value = Value.ForList(value);
                }

                bad.Details = new Struct { Fields = { ["x"] = value } };
                break;
            case "over 4 MB":
                bad.Stage = new string('x', 4 * 1024 * 1024);
                break;
            case "id 0":
                bad.Id = 0;
                break;
            case "id -1":
                bad.Id = -1;
                break;
            default:
                bad.Id = 1L << 53;
                break;
        }

        return bad;
    }

    private static Task<TimeSpan> RunUntilToldAsync(Clock clock, HostileBridge bridge, string what) =>
        clock.RunUntilAsync(() => bridge.Told().Contains(what), TimeSpan.FromMinutes(2), $"the user was told \"{what}\"");

    /// <summary>The gateway lives, and so does the next job of the same backend.</summary>
    private static async Task AssertWellAsync(ScriptedBackend backend, HostileBridge bridge)
    {
        await bridge.AssertLivesAsync();
        backend.Always(Honest);
        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-2");
    }
}
