using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Events whose data nests: PROTOCOL.md section 4.</summary>
public sealed class NestedEventTests
{
    [Theory]
    [InlineData(34)]
    [InlineData(100)]
    [InlineData(127)]
    public async Task A_job_whose_config_nests_is_shown_in_a_replay_and_live(int levels)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(Say.Subscribed(last: 1), Say.Replay(Started(1, levels)), Say.Live(Started(2, levels)), Say.Live(Say.Completed(3)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed job_ended");

        Assert.Equal(["subscribed", "replay 1", "event 2", "event 3", "unsubscribed job_ended"], bridge.Told());
        Assert.Empty(bridge.Warnings);
        await bridge.AssertLivesAsync();
    }

    [Theory]
    [InlineData(128, "NestedTooDeep")]
    [InlineData(1_000, "Unreadable")]
    public async Task One_that_nests_deeper_ends_the_subscription_and_the_log_says_which_and_why(int levels, string reason)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 2), Say.Replay(Say.Event(1), Started(2, levels))));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed failed");

        Assert.Contains(bridge.Client.Received, message => (string?)message["code"] == "bad_event" && (long?)message["eventId"] == 2);
        Assert.Contains(
            $"job-1 ended with BadEvent after BadEvent: event 2, {reason}",
            Assert.Single(bridge.Warnings),
            StringComparison.Ordinal
        );
        await bridge.AssertLivesAsync();
    }

    [Theory]
    [InlineData("no timestamp", "event 2, NoTimestamp")]
    [InlineData("too large", "event 2, EventTooLarge")]
    [InlineData("no id", "an event without a readable id, IdOutOfRange")]
    [InlineData("year 10000", "event 2, TimeOutOfRange")]
    public async Task Every_other_reason_is_named_too(string kind, string words)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock: null, "Gateway:Upstream:MaxEventBytes=2000");
        var bad = Say.Event(kind == "no id" ? 0 : 2);
        bad.Stage = kind == "too large" ? new string('x', 3_000) : bad.Stage;
        bad.Timestamp = kind switch
        {
            "no timestamp" => null,
            "year 10000" => new Timestamp { Seconds = 253_402_300_800 },
            _ => bad.Timestamp,
        };
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 2), Say.Replay(Say.Event(1), bad)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed failed");

        Assert.Contains($"BadEvent: {words}", Assert.Single(bridge.Warnings), StringComparison.Ordinal);
    }

    /// <summary>The event that starts a job, with so many levels of objects in its config.</summary>
    private static JobEvent Started(long id, int levels)
    {
        var config = new Struct { Fields = { ["deepest"] = Value.ForBool(true) } };
        for (var level = 1; level < levels; level++)
        {
            config = new Struct { Fields = { ["x"] = Value.ForStruct(config) } };
        }

        var started = Say.Bare(id);
        started.JobStarted = new JobStarted
        {
            PromptId = "p",
            DatasetId = "d",
            Config = config,
        };
        return started;
    }
}
