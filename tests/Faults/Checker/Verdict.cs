using OptimizationGateway.Faults.Nemesis;

namespace OptimizationGateway.Faults.Checker;

/// <summary>What came of a run.</summary>
/// <param name="Breaches">What didn't hold, first things first.</param>
/// <param name="DistinctEvents">Events that two clients at least got, each counted once.</param>
/// <param name="Faults">The faults that broke or stalled something.</param>
internal sealed record Verdict(IReadOnlyList<Breach> Breaches, long DistinctEvents, FaultCounts Faults)
{
    public long Lost => Breaches.Where(b => b.Invariant is Invariant.Reliable or Invariant.Recovers).Sum(b => b.Count);

    public long Repeated => Breaches.Where(b => b.Invariant == Invariant.Unique).Sum(b => b.Count);
}
