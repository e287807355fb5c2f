using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// One job's queue in an <see cref="Outbox"/>: bounded in bytes, one producer at a time, which waits while it is full. Everything here
/// happens under the outbox's lock. A producer holds a <see cref="LaneTicket"/>. <see cref="Clear"/> makes earlier tickets
/// worthless, so that a stopped subscription sends nothing more, however late its producer notices.
/// </summary>
internal sealed class Lane(Outbox outbox, int capacityBytes)
{
    private readonly Queue<OutboxMessage> messages = new();
    private readonly LaneTally tally = new();
    private int generation;
    private TaskCompletionSource? roomWaiter;
    private int roomWanted;

    /// <summary>The memory that waiting messages take, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>True if the client was sent <c>subscribed</c> and no <c>unsubscribed</c> since. Queued messages don't count.</summary>
    public bool IsOpenAtClient { get; private set; }

    /// <summary>The bytes that this lane may still send in this turn; the outbox sets it.</summary>
    public int Deficit { get; set; }

    /// <summary>True if the outbox has this lane in its ring.</summary>
    public bool IsInRing { get; set; }

    public bool IsEmpty => messages.Count == 0;

    public OutboxMessage Head => messages.Peek();

    public LaneTicket NewTicket()
    {
        tally.StartAnew();
        return new LaneTicket(this, generation);
    }

    /// <summary>The lane as it is now.</summary>
    public LaneView View =>
        new(
            Bytes,
            messages.Count,
            tally.QueuedEvents,
            tally.QueuedEventId,
            tally.SentEventId,
            tally.EventsSent,
            tally.BytesSent,
            tally.OnItsWaySince > 0 || IsEmpty ? tally.OnItsWaySince : Head.Facts.ReadAt,
            // A producer that waits until the lane is empty doesn't wait for room.
            roomWaiter is not null
                && roomWanted < int.MaxValue
        );

    public ValueTask WriteAsync(int ticket, OutboxMessage message) => outbox.WriteAsync(this, ticket, message);

    public Task DrainedAsync(int ticket) => outbox.DrainedAsync(this, ticket);

    public bool Honours(int ticket) => ticket == generation;

    public bool HasRoomFor(int held) => Bytes == 0 || held <= capacityBytes - Bytes;

    public void Enqueue(OutboxMessage message)
    {
        messages.Enqueue(message);
        tally.Queued(message.Facts);
        Bytes += message.Held;
    }

    public OutboxMessage Dequeue()
    {
        var message = messages.Dequeue();
        tally.Taken(message);
        Bytes -= message.Held;
        IsOpenAtClient = message.Facts.Type switch
        {
            ServerMessageType.Subscribed => true,
            ServerMessageType.Unsubscribed => false,
            _ => IsOpenAtClient,
        };
        if (roomWaiter is not null && HasRoomFor(roomWanted))
        {
            ReleaseWaiter();
        }

        return message;
    }

    /// <summary>Records that the message dequeued last has been sent.</summary>
    public void Sent() => tally.Sent();

    /// <summary>The task that completes when the lane has room for a message that holds so many bytes, or is cleared.</summary>
    public Task WaitForRoom(int held)
    {
        roomWanted = held;
        roomWaiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return roomWaiter.Task;
    }

    /// <summary>Drops the waiting messages, and later ones of earlier tickets.</summary>
    public void Clear()
    {
        generation++;
        foreach (var message in messages)
        {
            message.Return();
        }

        messages.Clear();
        tally.Dropped();
        Bytes = 0;
        ReleaseWaiter();
    }

    private void ReleaseWaiter()
    {
        roomWaiter?.TrySetResult();
        roomWaiter = null;
    }
}
