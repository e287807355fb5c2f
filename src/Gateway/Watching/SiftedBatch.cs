using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>The part of a batch that is new to the client, up to the first event that is terminal or wrong.</summary>
/// <param name="Fresh">The new events.</param>
/// <param name="Dropped">The number of events that the client has already, or that come after the job's end.</param>
/// <param name="Fault">The fault of the first event that isn't right.</param>
/// <param name="IsTerminal">True if the last of the new events ends the job.</param>
internal readonly record struct SiftedBatch(List<WatchedEvent> Fresh, int Dropped, WatchFault? Fault, bool IsTerminal)
{
    /// <summary>Sifts a batch, and moves the position to the last new event.</summary>
    public static SiftedBatch Of(LogPosition position, IReadOnlyList<WatchedEvent> events)
    {
        var fresh = new List<WatchedEvent>(events.Count);
        var dropped = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var verdict = position.Take(events[i]);
            if (verdict == EventVerdict.Duplicate)
            {
                dropped++;
                continue;
            }

            if (verdict != EventVerdict.New)
            {
                return new SiftedBatch(fresh, dropped, LogPosition.FaultOf(verdict, events[i]), IsTerminal: false);
            }

            fresh.Add(events[i]);
            if (events[i].IsTerminal)
            {
                return new SiftedBatch(fresh, dropped + events.Count - i - 1, Fault: null, IsTerminal: true);
            }
        }

        return new SiftedBatch(fresh, dropped, Fault: null, IsTerminal: false);
    }
}
