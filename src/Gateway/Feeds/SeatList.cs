using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// The seats of a feed, and what their places decide: the furthest one holds the stream back while it has much to be sent, the slowest one
/// keeps the ring from dropping old events. Used under the feed's lock.
/// </summary>
/// <param name="ring">The ring that the seats read.</param>
/// <param name="limits">The bounds.</param>
internal sealed class SeatList(EventRing ring, FeedLimits limits)
{
    private readonly List<Seat> seats = [];
    private TaskCompletionSource? room;

    /// <summary>The number of seats.</summary>
    public int Count => seats.Count;

    /// <summary>The sequence number that the furthest seat gets next; 0 if there is none.</summary>
    public long Furthest { get; private set; }

    /// <summary>The sequence number that the slowest seat gets next; the ring's end if there is none.</summary>
    public long Slowest => seats.Count == 0 ? ring.End : seats.Min(seat => seat.Next);

    /// <summary>Adds a seat.</summary>
    public void Add(Seat seat)
    {
        seats.Add(seat);
        Moved(seat);
    }

    /// <summary>Removes a seat.</summary>
    /// <returns>False if it isn't there.</returns>
    public bool Remove(Seat seat)
    {
        if (!seats.Remove(seat))
        {
            return false;
        }

        Furthest = seats.Count == 0 ? 0 : seats.Max(other => other.Next);
        GiveRoom();
        return true;
    }

    /// <summary>Records that a seat was given something.</summary>
    public void Moved(Seat seat)
    {
        Furthest = Math.Max(Furthest, seat.Next);
        GiveRoom();
    }

    /// <summary>Takes the seats that wait and have something to be sent now.</summary>
    public void TakeReady(List<Seat> ready)
    {
        foreach (var seat in seats)
        {
            if (seat.IsParked && seat.HasMore(ring))
            {
                seat.IsParked = false;
                ready.Add(seat);
            }
        }
    }

    /// <summary>Returns a task that completes when the furthest seat has room; a completed one if it has.</summary>
    public Task WaitForRoom()
    {
        if (HasRoom)
        {
            return Task.CompletedTask;
        }

        room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return room.Task;
    }

    /// <summary>Notes for each viewer what happens to the stream.</summary>
    public void Note(TimelineEntryKind kind, string? code, long? eventId) => seats.ForEach(seat => seat.Viewer.Note(kind, code, eventId));

    /// <summary>True if the furthest seat doesn't have much to be sent.</summary>
    public bool HasRoom => seats.Count == 0 || ring.BytesFrom(Furthest) <= limits.UnsentNow;

    private void GiveRoom()
    {
        if (room is not null && HasRoom)
        {
            room.TrySetResult();
            room = null;
        }
    }
}
