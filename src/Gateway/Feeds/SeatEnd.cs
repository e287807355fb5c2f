using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The closed set of reasons for which a viewer loses its seat before its subscription is over.</summary>
internal abstract record SeatEnd
{
    /// <summary>
    /// The viewer goes on with a watch of its own, from its cursor: it fell off the ring, or the feed can't go on, or it is ahead of where the
    /// feed ended.
    /// </summary>
    public sealed record Alone : SeatEnd;

    /// <summary>The job's watch has ended, in the same way for every viewer that has read up to there.</summary>
    public sealed record Ended(WatchStep.Ended Step) : SeatEnd;

    /// <summary>A fault of the gateway's own.</summary>
    public sealed record Faulted(Exception Fault) : SeatEnd;
}
