using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The outcome of one read of a seat.</summary>
internal enum SeatTake
{
    /// <summary>There is nothing for it.</summary>
    Nothing,

    /// <summary>A message.</summary>
    Message,

    /// <summary>An event that it needs is gone.</summary>
    Fallen,

    /// <summary>It has everything, and the feed is over.</summary>
    End,
}

/// <summary>
/// Puts together the messages of seats from the entries of a ring, and moves the seats on. Used under the feed's lock: a message is a copy, so
/// that no viewer keeps the ring's memory.
/// </summary>
internal sealed class SeatReader : IDisposable
{
    private readonly MessageBuffer buffer = new();

    /// <summary>Reads the seat's next message.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="seat">The seat. It moves past what it was given.</param>
    /// <param name="message">The message, if there is one.</param>
    public SeatTake Read(EventRing ring, Seat seat, out OutboxMessage message)
    {
        message = default;
        if (seat.Next < ring.First)
        {
            return SeatTake.Fallen;
        }

        SkipWhatItHas(ring, seat);
        if (seat.OwesReplay)
        {
            return ReadJoinReplay(ring, seat, out message);
        }

        if (seat.Next >= Math.Min(ring.End, seat.Until))
        {
            return SeatTake.Nothing;
        }

        ref readonly var entry = ref ring[seat.Next];
        switch (entry.Kind)
        {
            case RingEntryKind.Live:
                return ReadEvent(entry, seat, out message);
            case RingEntryKind.Outage:
                seat.Next++;
                message = seat.Viewer.WriteOutage();
                return SeatTake.Message;
            case RingEntryKind.End:
                return SeatTake.End;
            default:
                return ReadBatch(ring, seat, out message);
        }
    }

    public void Dispose() => buffer.Dispose();

    private static void SkipWhatItHas(EventRing ring, Seat seat)
    {
        while (seat.Next < ring.End && IsPast(ring[seat.Next], seat))
        {
            seat.Next++;
        }
    }

    /// <summary>Returns true if the seat needs to hear nothing of the entry: it has the event, or it came after what happened.</summary>
    private static bool IsPast(in RingEntry entry, Seat seat) => entry.IsEvent ? entry.Id <= seat.Cursor : seat.Next < seat.ReplayUntil;

    private SeatTake ReadEvent(in RingEntry entry, Seat seat, out OutboxMessage message)
    {
        if (!Follows(entry, seat))
        {
            message = default;
            return SeatTake.Fallen;
        }

        seat.Viewer.Form.WriteEvent(buffer, seat.Viewer.JobId, entry.Json);
        Pass(entry, seat);
        return Send(seat, new MessageFacts(ServerMessageType.Event, 1, entry.ReadAt, entry.HappenedAt, entry.Id), out message);
    }

    /// <summary>Reads the history of a seat that has just been granted: all events up to then, as replays.</summary>
    private SeatTake ReadJoinReplay(EventRing ring, Seat seat, out OutboxMessage message)
    {
        var (jobId, events, readAt) = (seat.Viewer.JobId, 0, 0L);
        for (; seat.Next < seat.ReplayUntil; SkipWhatItHas(ring, seat))
        {
            ref readonly var entry = ref ring[seat.Next];
            if (!Follows(entry, seat))
            {
                return Fall(out message);
            }

            if (!ReplayMessage.TryAdd(seat.Viewer.Form, buffer, jobId, events, entry.Json))
            {
                break;
            }

            readAt = events++ == 0 ? Math.Max(entry.ReadAt, seat.JoinedAt) : readAt;
            Pass(entry, seat);
        }

        seat.OwesReplay = seat.Next < seat.ReplayUntil;
        ReplayMessage.End(seat.Viewer.Form, buffer, jobId, events, seat.OwesReplay);
        return Send(
            seat,
            new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: events > 0 ? seat.Cursor : 0)
            {
                HasMore = seat.OwesReplay,
            },
            out message
        );
    }

    /// <summary>Reads what a reopened stream has replayed, up to the end of the batch.</summary>
    private SeatTake ReadBatch(EventRing ring, Seat seat, out OutboxMessage message)
    {
        message = default;
        var (jobId, events) = (seat.Viewer.JobId, 0);
        var (readAt, hasMore, end) = (ring[seat.Next].ReadAt, true, Math.Min(ring.End, seat.Until));
        for (; hasMore && seat.Next < end; SkipWhatItHas(ring, seat))
        {
            ref readonly var entry = ref ring[seat.Next];
            if (entry.Kind == RingEntryKind.BatchEnd)
            {
                hasMore = entry.HasMore;
                seat.Next++;
            }
            else if (entry.Kind != RingEntryKind.History)
            {
                break;
            }
            else if (!Follows(entry, seat))
            {
                return Fall(out message);
            }
            else if (!ReplayMessage.TryAdd(seat.Viewer.Form, buffer, jobId, events, entry.Json))
            {
                break;
            }
            else
            {
                events++;
                Pass(entry, seat);
            }
        }

        if (events == 0 && hasMore)
        {
            return SeatTake.Nothing;
        }

        ReplayMessage.End(seat.Viewer.Form, buffer, jobId, events, hasMore);
        return Send(
            seat,
            new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: events > 0 ? seat.Cursor : 0) { HasMore = hasMore },
            out message
        );
    }

    /// <summary>Returns true if the seat has every event before the entry. Rings have no gaps; this is checked all the same.</summary>
    private static bool Follows(in RingEntry entry, Seat seat) => entry.Previous <= seat.Cursor;

    private static void Pass(in RingEntry entry, Seat seat)
    {
        seat.Cursor = entry.Id;
        seat.Next++;
    }

    private SeatTake Fall(out OutboxMessage message)
    {
        buffer.Truncate(0);
        message = default;
        return SeatTake.Fallen;
    }

    private SeatTake Send(Seat seat, MessageFacts facts, out OutboxMessage message)
    {
        seat.Viewer.NoteOpen();
        message = buffer.Detach(facts);
        return SeatTake.Message;
    }
}
