using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>The relation of an event to what the client has.</summary>
internal enum EventVerdict
{
    /// <summary>The event is the next one.</summary>
    New,

    /// <summary>The client has the event, or chose to skip it.</summary>
    Duplicate,

    /// <summary>An event before it is missing.</summary>
    Gap,

    /// <summary>The event can't be shown.</summary>
    Bad,
}

/// <summary>
/// A client's position in a job's log: the one piece of state that Ordered, Unique and Reliable (PROTOCOL.md section 5) rest on. Pure.
/// </summary>
/// <param name="afterEventId">The client's cursor; null for live events only.</param>
/// <param name="maxEventBytes">The size of the largest event that can be shown.</param>
internal sealed class LogPosition(long? afterEventId, int maxEventBytes)
{
    private const long Unknown = -1;

    private bool mayStartLate;

    /// <summary>A single word, so that readers on other threads never see half of it.</summary>
    private long cursor = afterEventId ?? Unknown;

    /// <summary>The id of the last event that the client has; null while a live-only watch doesn't know its position.</summary>
    public long? Cursor => Volatile.Read(ref cursor) is var id && id == Unknown ? null : id;

    /// <summary>Allows a gap before the next event: the stream was asked for all there is, and says that its log is cut short.</summary>
    public void AllowLateStart() => mayStartLate = true;

    /// <summary>Withdraws what <see cref="AllowLateStart"/> allowed, since a new stream starts.</summary>
    public void ExpectNoLateStart() => mayStartLate = false;

    /// <summary>Judges the event, and moves the cursor to it if it is the next one.</summary>
    public EventVerdict Take(in WatchedEvent watched)
    {
        var verdict = Judge(watched);
        if (verdict == EventVerdict.New)
        {
            MoveTo(watched.Id);
            mayStartLate = false;
        }

        return verdict;
    }

    /// <summary>Sets the cursor of a live-only watch that doesn't know its position; leaves any other alone.</summary>
    public void StartAt(long id) => MoveTo(Cursor ?? id);

    /// <summary>Moves the cursor, also back to before an event that can't be shown.</summary>
    public void MoveTo(long id) => Volatile.Write(ref cursor, id);

    /// <summary>Names the fault of an event that is neither new nor a duplicate.</summary>
    public static WatchFault FaultOf(EventVerdict verdict, in WatchedEvent watched) =>
        verdict == EventVerdict.Bad ? WatchFault.BadEvent(watched) : WatchFault.Breach(BreachedRule.Gap);

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

        // A previous id below the cursor is no gap: a cursor needn't be an id.
        return watched.PreviousId > position && !mayStartLate ? EventVerdict.Gap : EventVerdict.New;
    }
}
