using OptimizationGateway.Faults.Checker;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>The faults of a run that broke or stalled something, by kind, and how many of them met a replay.</summary>
internal sealed class FaultCounts
{
    /// <summary>What ten minutes need of each required kind.</summary>
    private const int PerTenMinutes = 50;

    /// <summary>"About half" of a kind during a replay, and about half not.</summary>
    private const double LeastShare = 0.35;

    private readonly SortedDictionary<FaultKind, (int All, int Replaying)> counts = [];

    public int Total => counts.Values.Sum(count => count.All);

    public static FaultCounts Of(IEnumerable<FaultRecord> faults, ReplayTimes replays)
    {
        var result = new FaultCounts();
        foreach (var fault in faults.Where(fault => fault.Effect > 0))
        {
            var (all, replaying) = result.counts.GetValueOrDefault(fault.Kind);
            var met = fault.Places.Any(place => replays.WasReplaying(place, fault.At)) ? 1 : 0;
            result.counts[fault.Kind] = (all + 1, replaying + met);
        }

        return result;
    }

    /// <summary>What a run of this length should have had and hadn't.</summary>
    public IEnumerable<string> Missing(double seconds)
    {
        var (least, share) = Needed(seconds);
        foreach (var kind in FaultKinds.Required.Where(kind => OwedOf(kind, seconds) != Owed.Nothing))
        {
            var (all, replaying) = counts.GetValueOrDefault(kind);
            yield return $"{kind.Name()}: {all}, of them {replaying} during a replay; "
                + $"{least} needed, {share} of them during a replay and {share} not";
        }
    }

    /// <summary>What a run of this length still needs of a kind.</summary>
    public Owed OwedOf(FaultKind kind, double seconds)
    {
        if (!FaultKinds.Required.Contains(kind))
        {
            return Owed.Nothing;
        }

        var (least, share) = Needed(seconds);
        var (all, replaying) = counts.GetValueOrDefault(kind);
        return (replaying < share, all - replaying < share) switch
        {
            (true, false) => Owed.DuringReplay,
            (false, true) => Owed.WhileLive,
            (true, true) => Owed.Any,
            _ => all < least ? Owed.Any : Owed.Nothing,
        };
    }

    private static (int Least, int Share) Needed(double seconds)
    {
        var least = (int)(PerTenMinutes * seconds / 600);
        return (least, (int)(least * LeastShare));
    }

    public override string ToString() =>
        string.Join(", ", counts.Select(count => $"{count.Value.All} {count.Key.Name()} ({count.Value.Replaying} in replay)"));
}
