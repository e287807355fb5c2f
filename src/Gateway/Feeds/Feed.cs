using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// One job's live tail, shared by its viewers: a ring of its newest events, and the seats that read from it. It only ever grants seats; what
/// it can't grant, the viewer asks the backend itself. Pure but for its lock: <see cref="FeedPump"/> brings the events.
/// </summary>
/// <param name="epoch">The log's epoch; empty if the backend doesn't say.</param>
/// <param name="earliestEventId">The oldest event of the log, as the backend said when the watch began; null if it didn't.</param>
/// <param name="ring">The events that the first viewer was told last, without a gap up to where the watch stands.</param>
/// <param name="limits">The bounds of its memory.</param>
/// <param name="isSound">Returns true while its watch is known to be well; it takes no lock.</param>
internal sealed class Feed(string epoch, long? earliestEventId, EventRing ring, FeedLimits limits, Func<bool> isSound) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SeatList seats = new(ring, limits);
    private readonly RingBounds bounds = new(ring, limits);
    private readonly List<Seat> waking = [];
    private SeatEnd? end;
    private bool isAway;
    private volatile bool mayBeFull;
    private readonly SeatReader reader = new();
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The log's epoch; empty if the backend doesn't say.</summary>
    public string Epoch => epoch;

    /// <summary>The oldest event of the log, as the backend said when the watch began; null if it didn't.</summary>
    public long? EarliestEventId => earliestEventId;

    /// <summary>The bounds of its memory.</summary>
    public FeedLimits Limits => limits;

    /// <summary>The watch behind it, for operators; null in a test without one.</summary>
    public JobWatcher? Watcher { get; init; }

    /// <summary>True if it grants no seats any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
            {
                return HasEnded;
            }
        }
    }

    /// <summary>Completes when the last viewer has left. No seat is granted after that.</summary>
    public Task Empty => empty.Task;

    /// <summary>The feed as it is now.</summary>
    public FeedView View
    {
        get
        {
            lock (gate)
            {
                return new FeedView(seats.Count, ring.Floor, ring.Head, ring.Bytes, ring.BytesFrom(seats.Slowest));
            }
        }
    }

    /// <summary>Grants a seat, if nothing can be missed or repeated by it.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="join">Its cursor, its epoch, and what it has been told.</param>
    /// <returns>Null if the viewer needs a watch of its own.</returns>
    public Seat? TryJoin(IViewer viewer, in SeatRequest join)
    {
        lock (gate)
        {
            if (HasEnded || isAway || !isSound() || !IsSameLog(join.Epoch))
            {
                return null;
            }

            var cursor = join.Cursor ?? ring.Head;
            var mayBeAhead = join.IsOpen && epoch.Length > 0 && join.Epoch.Length > 0;
            if (cursor < ring.Floor || (cursor > ring.Head && !mayBeAhead))
            {
                return null;
            }

            var next = ring.FirstAfter(cursor);
            var isNew = !join.IsOpen && join.Cursor is not null;
            var seat = new Seat(this, viewer, next, cursor, replayUntil: isNew ? ring.End : next, owesReplay: isNew)
            {
                HeadAtJoin = ring.Head,
                JoinedAt = join.At,
            };
            seats.Add(seat);
            return seat;
        }
    }

    /// <summary>Grants the first seat, to the viewer whose watch the feed took over.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="cursor">Its cursor, which is the ring's newest event.</param>
    public Seat Found(IViewer viewer, long cursor)
    {
        lock (gate)
        {
            var seat = new Seat(this, viewer, ring.End, cursor, replayUntil: ring.End, owesReplay: false) { HeadAtJoin = cursor };
            seats.Add(seat);
            bounds.Count();
            return seat;
        }
    }

    /// <summary>Takes the events that a viewer's own watch has told before it joined, so that others with older cursors can join too.</summary>
    /// <param name="older">The events; they are copied.</param>
    public void Extend(EventRing older)
    {
        lock (gate)
        {
            if (!HasEnded)
            {
                ring.Prepend(older, bounds.RoomForOlder);
                bounds.Count();
            }
        }
    }

    /// <summary>Appends an event.</summary>
    /// <returns>False if it doesn't follow the newest event, or nobody is left to read it. Nothing was appended.</returns>
    public bool TryAppend(RingEntryKind kind, in WatchedEvent watched, ReadOnlySpan<byte> json, long readAt, long happenedAt)
    {
        lock (gate)
        {
            if (HasEnded || watched.Id <= ring.Head || watched.PreviousId > ring.Head)
            {
                return false;
            }

            ring.Append(kind, watched.Id, watched.PreviousId, json, readAt, happenedAt);
            isAway = false;
            bounds.Evict(seats.Furthest);
            mayBeFull = !seats.HasRoom;
            return true;
        }
    }

    /// <summary>Appends the end of a batch of history.</summary>
    public void AppendBatchEnd(bool hasMore, long readAt)
    {
        lock (gate)
        {
            AppendMark(RingEntryKind.BatchEnd, hasMore, readAt);
            isAway = false;
        }
    }

    /// <summary>Appends that the backend is away.</summary>
    public void AppendOutage(long readAt)
    {
        lock (gate)
        {
            AppendMark(RingEntryKind.Outage, hasMore: false, readAt);
            isAway = true;
        }
    }

    /// <summary>Ends the feed: each seat gets what is before it, and is then lost.</summary>
    public void Close(SeatEnd reason, long readAt)
    {
        lock (gate)
        {
            AppendMark(RingEntryKind.End, hasMore: false, readAt);
            end = reason;
        }

        Wake();
    }

    /// <summary>Notes for each viewer what happens to the stream.</summary>
    public void Note(TimelineEntryKind kind, string? code, long? eventId)
    {
        lock (gate)
        {
            seats.Note(kind, code, eventId);
        }
    }

    /// <summary>Wakes the seats that wait for what was appended.</summary>
    /// <returns>The number of seats that were woken.</returns>
    public int Wake()
    {
        lock (gate)
        {
            seats.TakeReady(waking);
        }

        // Only the pump wakes, so the list is its own. A lane takes its outbox's lock, which comes before this feed's. A single viewer is
        // served in this thread: to change threads costs more than to write an event.
        foreach (var seat in waking)
        {
            seat.Wake(runsHere: waking.Count == 1);
        }

        var woken = waking.Count;
        waking.Clear();
        return woken;
    }

    /// <summary>Returns a task that completes when the viewer that is furthest has room; a completed one if it has.</summary>
    public Task WaitForRoom()
    {
        // An event that is appended takes room, so whether the last one has left some needs no lock. If the furthest viewer leaves, the next
        // event shows it.
        if (!mayBeFull)
        {
            return Task.CompletedTask;
        }

        lock (gate)
        {
            return seats.WaitForRoom();
        }
    }

    /// <summary>Drops events that every viewer has, and that are older than a time; all of those while all rings are too large.</summary>
    /// <param name="sharedBefore">The time, as the clock's timestamp.</param>
    /// <param name="aloneBefore">The time where there is one viewer.</param>
    public void Trim(long sharedBefore, long aloneBefore)
    {
        lock (gate)
        {
            bounds.Trim(seats.Slowest, seats.Count > 1 ? sharedBefore : aloneBefore);
        }
    }

    /// <summary>Returns true if there is something for the seat.</summary>
    public bool HasMessages(Seat seat)
    {
        lock (gate)
        {
            return seat.HasMore(ring);
        }
    }

    /// <summary>Parks the seat, unless there is something for it.</summary>
    public bool TryPark(Seat seat)
    {
        lock (gate)
        {
            seat.IsParked = !seat.HasMore(ring);
            return seat.IsParked;
        }
    }

    /// <summary>Has the seat end with what is there now.</summary>
    public void StopAtPresent(Seat seat)
    {
        lock (gate)
        {
            seat.Until = ring.End;
        }
    }

    /// <summary>Takes the seat's next message.</summary>
    public bool TryTake(Seat seat, out OutboxMessage message)
    {
        lock (gate)
        {
            message = default;
            if (!seat.HasMore(ring))
            {
                return false;
            }

            var taken = reader.Read(ring, seat, out message);
            seats.Moved(seat);
            if (bounds.IsMemoryOver)
            {
                bounds.Evict(seats.Furthest);
            }

            if (taken == SeatTake.Message)
            {
                return true;
            }

            if (taken != SeatTake.Nothing)
            {
                Remove(seat);
                seat.Lose(taken == SeatTake.End ? EndFor(seat) : new SeatEnd.Alone());
            }

            return false;
        }
    }

    /// <summary>Gives the seat up. Can be called twice.</summary>
    public void Leave(Seat seat)
    {
        lock (gate)
        {
            Remove(seat);
        }
    }

    /// <summary>Returns the entries that wait for the seat.</summary>
    public SourceView ViewOf(Seat seat)
    {
        lock (gate)
        {
            return seat.Next < ring.End && seat.Next >= ring.First
                ? new SourceView(
                    ring.BytesFrom(seat.Next),
                    (int)(ring.End - seat.Next),
                    ring.Head,
                    Math.Max(ring[seat.Next].ReadAt, seat.JoinedAt)
                )
                : new SourceView(0, 0, ring.Head, 0);
        }
    }

    /// <summary>Gives its memory back; no seat may be left.</summary>
    public void Dispose() => reader.Dispose();

    private bool HasEnded => end is not null || empty.Task.IsCompleted;

    private bool IsSameLog(string other) => epoch.Length == 0 || other.Length == 0 || epoch == other;

    /// <summary>
    /// Returns the end for a viewer that has all events: it is where the watch was when the backend ended it, so the answer is its own too.
    /// A viewer that is ahead asks the backend itself.
    /// </summary>
    private SeatEnd EndFor(Seat seat) => seat.Cursor > ring.Head ? new SeatEnd.Alone() : end!;

    private void AppendMark(RingEntryKind kind, bool hasMore, long readAt)
    {
        if (!HasEnded)
        {
            ring.AppendMark(kind, hasMore, readAt);
        }
    }

    private void Remove(Seat seat)
    {
        if (!seats.Remove(seat))
        {
            return;
        }

        if (seats.Count == 0)
        {
            empty.TrySetResult();
            bounds.Clear();
        }
    }
}
