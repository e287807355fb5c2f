using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Nemesis;

namespace OptimizationGateway.Faults.Tests.Checker;

public sealed class FaultCountsTests
{
    private readonly ReplayTimes replays = new();

    [Fact]
    public void A_fault_counts_only_if_something_broke_or_stalled_by_it()
    {
        var counts = FaultCounts.Of([Fault(FaultKind.Cut, 5, effect: 1), Fault(FaultKind.Cut, 6, effect: 0)], replays);
        Assert.Equal(1, counts.Total);
    }

    [Fact]
    public void A_fault_is_during_a_replay_if_who_it_met_was_being_sent_history()
    {
        replays.Add("node-replay-1#7", 10, 20);
        var counts = FaultCounts.Of([Fault(FaultKind.Cut, 5), Fault(FaultKind.Cut, 15), Fault(FaultKind.Cut, 25)], replays);
        Assert.Equal("3 cut (1 in replay)", counts.ToString());
    }

    [Fact]
    public void Ten_minutes_need_fifty_of_each_kind_and_a_minute_five()
    {
        replays.Add("node-replay-1", 0, 1000);
        var faults = FaultKinds.Required.SelectMany(kind => Enumerable.Range(0, 5).Select(n => Fault(kind, n % 2 == 0 ? 500 : 2000)));
        var counts = FaultCounts.Of(faults, replays);
        Assert.Empty(counts.Missing(seconds: 60));
        Assert.Equal(FaultKinds.Required.Count, counts.Missing(seconds: 600).Count());
    }

    [Fact]
    public void Faults_that_never_met_a_replay_are_too_few()
    {
        var faults = FaultKinds.Required.SelectMany(kind => Enumerable.Range(0, 5).Select(n => Fault(kind, n)));
        Assert.Equal(FaultKinds.Required.Count, FaultCounts.Of(faults, replays).Missing(seconds: 60).Count());
    }

    [Fact]
    public void A_kind_owes_the_moment_that_it_has_not_had_and_then_its_number()
    {
        replays.Add("node-replay-1", 10, 20);
        long[] inReplay = [11],
            live = [5];

        Assert.Equal(Owed.Any, After());
        Assert.Equal(Owed.DuringReplay, After([.. live, .. live, .. live, .. live, .. live, .. live]));
        Assert.Equal(Owed.WhileLive, After(inReplay));
        Assert.Equal(Owed.Any, After([.. live, .. live, .. inReplay, .. inReplay]));
        Assert.Equal(Owed.Nothing, After([.. live, .. live, .. live, .. inReplay, .. inReplay]));
        Assert.Equal(Owed.Nothing, FaultCounts.Of([], replays).OwedOf(FaultKind.Hop, seconds: 60));

        Owed After(params long[] times) =>
            FaultCounts.Of(times.Select(at => Fault(FaultKind.Cut, at)), replays).OwedOf(FaultKind.Cut, seconds: 60);
    }

    private static FaultRecord Fault(FaultKind kind, long at, int effect = 1) => new(at, kind, "node-replay-1", effect, ["node-replay-1"]);
}
