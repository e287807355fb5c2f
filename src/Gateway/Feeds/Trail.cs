using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// The newest events that a viewer's own watch has told. A feed that takes the watch over begins with them, so that viewers who come with a
/// cursor a little behind can join at once.
/// </summary>
internal sealed class Trail : IDisposable
{
    /// <summary>The most it holds, in bytes: some hundred events, which is what viewers miss while they change gateways.</summary>
    private const int MaxBytes = 64 * 1024;

    private EventRing? ring;

    /// <summary>Adds an event that the viewer was told.</summary>
    /// <param name="watched">The event.</param>
    /// <param name="json">Its JSON.</param>
    /// <param name="readAt">The time it was read, as the clock's timestamp.</param>
    /// <param name="happenedAt">Its own timestamp, in ticks of UTC.</param>
    public void Add(in WatchedEvent watched, ReadOnlySpan<byte> json, long readAt, long happenedAt)
    {
        if (json.Length > MaxBytes || watched.PreviousId > ring?.Head)
        {
            // The trail begins after this event, or with it.
            Dispose();
        }

        if (json.Length > MaxBytes)
        {
            return;
        }

        ring ??= new EventRing(watched.PreviousId ?? watched.Id - 1);
        ring.Append(RingEntryKind.Live, watched.Id, watched.PreviousId, json, readAt, happenedAt);
        while (ring.Bytes > MaxBytes && ring.Count > 1)
        {
            ring.RemoveFirst();
        }
    }

    /// <summary>Hands the events over.</summary>
    /// <param name="cursor">The position of the viewer's watch.</param>
    /// <returns>A ring whose newest event is at the position; an empty one if there is no such event.</returns>
    public EventRing HandOver(long cursor)
    {
        var given = ring;
        ring = null;
        if (given?.Head == cursor)
        {
            return given;
        }

        given?.Clear();
        return new EventRing(cursor);
    }

    public void Dispose()
    {
        ring?.Clear();
        ring = null;
    }
}
