using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>Where an event stands against what the client has.</summary>
internal enum EventVerdict
{
    /// <summary>The next one.</summary>
    New,

    /// <summary>The client has it, or chose to skip it.</summary>
    Duplicate,

    /// <summary>Something before it is missing.</summary>
    Gap,

    /// <summary>It can't be shown.</summary>
    Bad,
}

/// <summary>
/// A client's place in a job's log: the one piece of state that Ordered, Unique and Reliable (PROTOCOL.md section 5) rest on. Pure.
/// </summary>
/// <param name="afterEventId">Where the client stands; null for from now on.</param>
/// <param name="maxEventBytes">The largest event that can be shown.</param>
internal sealed class LogPosition(long? afterEventId, int maxEventBytes)
{
    private const long Unknown = -1;

    private bool mayStartLate;

    /// <summary>One word, so that whoever looks from elsewhere never sees half of it.</summary>
    private long cursor = afterEventId ?? Unknown;

    /// <summary>The id of the last event the client has; null while a live-only watch doesn't know yet.</summary>
    public long? Cursor => Volatile.Read(ref cursor) is var id && id == Unknown ? null : id;

    /// <summary>The stream was asked for all there is, and says that its log is cut short: its first event may follow one that is gone.</summary>
    public void AllowLateStart() => mayStartLate = true;

    /// <summary>A new stream starts: what was allowed on the last one is no more.</summary>
    public void ExpectNoLateStart() => mayStartLate = false;

    /// <summary>Judges the event, and moves the cursor to it if it is the next one.</summary>
    public EventVerdict Take(in WatchedEvent watched)
    {
        var verdict = Judge(watched);
        if (verdict == EventVerdict.New)
        {
            cursor = watched.Id;
            mayStartLate = false;
        }

        return verdict;
    }

    /// <summary>Sets the cursor where it wasn't known, or back to before an event that turned out not to be showable.</summary>
    public void MoveTo(long? id) => cursor = id ?? Unknown;

    /// <summary>Names the fault of an event that is neither new nor a duplicate.</summary>
    public static WatchFault FaultOf(EventVerdict verdict, in WatchedEvent watched) =>
        verdict == EventVerdict.Bad ? WatchFault.BadEvent(watched.Id) : WatchFault.Breach(BreachedRule.Gap);

    private EventVerdict Judge(in WatchedEvent watched)
    {
        var position = Cursor ?? 0;

        // Judged before the form: an event that the client skipped because it can't be shown may still be sent by a careless backend.
        if (watched.Id >= 1 && watched.Id <= position)
        {
            return EventVerdict.Duplicate;
        }

        if (!watched.IsWellFormed || watched.Bytes.Length > maxEventBytes)
        {
            return EventVerdict.Bad;
        }

        // Below the cursor is no gap: a cursor needn't be an id.
        return watched.PreviousId > position && !mayStartLate ? EventVerdict.Gap : EventVerdict.New;
    }
}
