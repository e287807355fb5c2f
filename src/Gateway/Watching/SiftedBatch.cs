using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>The outcome of sifting a batch: what is left of it is new to the client, up to the first event that is terminal or wrong.</summary>
/// <param name="Dropped">The number of events that the client has already, or that come after the job's end.</param>
/// <param name="Fault">The fault of the first event that isn't right.</param>
/// <param name="IsTerminal">True if the last of the new events ends the job.</param>
internal readonly record struct SiftedBatch(int Dropped, WatchFault? Fault, bool IsTerminal)
{
    /// <summary>Sifts a batch in its place, and moves the position to the last new event.</summary>
    /// <param name="position">The position.</param>
    /// <param name="events">The batch. Only the new events stay in it.</param>
    public static SiftedBatch Of(LogPosition position, List<WatchedEvent> events)
    {
        var (fresh, sifted) = (0, new SiftedBatch(Dropped: 0, Fault: null, IsTerminal: false));
        for (var i = 0; i < events.Count && sifted is { Fault: null, IsTerminal: false }; i++)
        {
            var verdict = position.Take(events[i]);
            if (verdict == EventVerdict.Duplicate)
            {
                sifted = sifted with { Dropped = sifted.Dropped + 1 };
            }
            else if (verdict != EventVerdict.New)
            {
                sifted = sifted with { Fault = LogPosition.FaultOf(verdict, events[i]) };
            }
            else
            {
                var isLast = events[i].IsTerminal;
                sifted = isLast ? new SiftedBatch(sifted.Dropped + events.Count - i - 1, Fault: null, IsTerminal: true) : sifted;
                events[fresh++] = events[i];
            }
        }

        events.RemoveRange(fresh, events.Count - fresh);
        return sifted;
    }
}
