using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// One job's queue in an <see cref="Outbox"/>: bounded in bytes, one producer at a time, which waits while it is full. When it is empty, the
/// lane goes on with its <see cref="LaneSource"/> if it has one. Everything here happens under the outbox's lock. A producer holds a
/// <see cref="LaneTicket"/>. <see cref="Clear"/> makes earlier tickets worthless, so that a stopped subscription sends nothing more, however
/// late its producer notices.
/// </summary>
internal sealed class Lane(Outbox outbox)
{
    private readonly Queue<OutboxMessage> messages = new();
    private readonly LaneTally tally = new();
    private int generation;
    private TaskCompletionSource? roomWaiter;
    private int roomWanted;
    private LaneSource? source;

    /// <inheritdoc cref="Outbox.Form"/>
    public MessageForm Form => outbox.Form;

    /// <summary>The outbox.</summary>
    public IStreamOwner Owner => outbox;

    /// <summary>The memory that waiting messages take, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>The bytes that wait here and in the source.</summary>
    public long WaitingBytes => Bytes + (source?.View.Bytes ?? 0);

    /// <summary>True if the client was sent <c>subscribed</c> and no <c>unsubscribed</c> since. Queued messages don't count.</summary>
    public bool IsOpenAtClient { get; private set; }

    /// <summary>The bytes that this lane may still send in this turn; the outbox sets it.</summary>
    public int Deficit { get; set; }

    /// <summary>True if the outbox has this lane in its ring.</summary>
    public bool IsInRing { get; set; }

    /// <summary>True if no message is queued; the source may have some all the same.</summary>
    public bool IsEmpty => messages.Count == 0;

    /// <summary>True if there is a message to send.</summary>
    public bool HasMessages => !IsEmpty || source is { HasMessages: true };

    public LaneTicket NewTicket()
    {
        tally.StartAnew();
        return new LaneTicket(this, generation);
    }

    /// <summary>The time the oldest unsent events were read, as the clock's timestamp; 0 if there are none.</summary>
    public long OldestReadAt =>
        tally.OnItsWaySince > 0 ? tally.OnItsWaySince
        : IsEmpty ? source?.View.OldestReadAt ?? 0
        : OldestQueued();

    /// <summary>The lane as it is now.</summary>
    public LaneView View
    {
        get
        {
            var waiting = source?.View ?? default;
            return new LaneView(
                Bytes + (int)Math.Min(waiting.Bytes, int.MaxValue - Bytes),
                messages.Count + waiting.Events,
                tally.QueuedEvents + waiting.Events,
                Math.Max(tally.QueuedEventId, waiting.LastEventId),
                tally.SentEventId,
                tally.EventsSent,
                tally.BytesSent,
                OldestReadAt,
                // A producer that waits until the lane is empty doesn't wait for room.
                roomWaiter is not null
                    && roomWanted < int.MaxValue
            );
        }
    }

    public ValueTask WriteAsync(int ticket, OutboxMessage message) => outbox.WriteAsync(this, ticket, message);

    public void Attach(int ticket, LaneSource? next) => outbox.Attach(this, ticket, next);

    public Task DrainedAsync(int ticket) => outbox.DrainedAsync(this, ticket);

    public bool Honours(int ticket) => ticket == generation;

    public void Enqueue(OutboxMessage message)
    {
        messages.Enqueue(message);
        tally.Queued(message.Facts);
        Hold(message.Held);
    }

    /// <summary>Takes the next message, if the deficit allows it.</summary>
    public bool TryTake(out OutboxMessage message)
    {
        if (messages.TryPeek(out message))
        {
            if (message.Length > Deficit)
            {
                return false;
            }

            Dequeue(message);
        }
        else if (Deficit <= 0 || source is null || !source.TryTake(out message))
        {
            return false;
        }

        // A source's message may be longer than what is left of the turn; the next turns pay for it.
        Deficit -= message.Length;
        tally.Taken(message.Facts);
        return true;
    }

    /// <summary>Ends the lane's turn.</summary>
    /// <returns>True if it has nothing to send, and tells the outbox when it has.</returns>
    public bool TryPark() => IsEmpty && (source is null || source.TryPark());

    /// <summary>Goes on with a source once the queue is empty.</summary>
    /// <param name="next">The source; null to go on with the queue alone.</param>
    /// <param name="onReady">Called when the source has a message again.</param>
    public void Attach(LaneSource? next, Action<bool> onReady)
    {
        source?.Leave();
        source = next;
        next?.Attach(onReady);
    }

    /// <summary>Has the source give no message that isn't there yet.</summary>
    public void CloseWhenDrained() => source?.CloseWhenDrained();

    /// <summary>Returns the receipt for a message that was just taken.</summary>
    public Receipt ReceiptFor(in OutboxMessage message) => new(this, tally.Subscription, message.Facts, message.Length);

    /// <summary>Records that the socket has taken a message, unless it was one of an earlier subscription.</summary>
    public void Sent(in Receipt receipt)
    {
        if (receipt.Subscription == tally.Subscription)
        {
            tally.Sent(receipt.Facts, receipt.Length);
        }
    }

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
        Hold(-Bytes);
        source?.Leave();
        source = null;
        ReleaseWaiter();
    }

    private void Dequeue(in OutboxMessage message)
    {
        messages.Dequeue();
        tally.Dequeued(message.Facts);
        Hold(-message.Held);
        IsOpenAtClient = message.Facts.Type switch
        {
            ServerMessageType.Subscribed => true,
            ServerMessageType.Unsubscribed => false,
            _ => IsOpenAtClient,
        };
        if (roomWaiter is not null && outbox.HasRoomFor(this, roomWanted))
        {
            ReleaseWaiter();
        }
    }

    /// <summary>A message without events has no time; the first one that has says how long all of them have waited.</summary>
    private long OldestQueued()
    {
        foreach (var message in messages)
        {
            if (message.Facts.ReadAt > 0)
            {
                return message.Facts.ReadAt;
            }
        }

        return 0;
    }

    private void Hold(int more)
    {
        Bytes += more;
        outbox.Count(more);
    }

    private void ReleaseWaiter()
    {
        roomWaiter?.TrySetResult();
        roomWaiter = null;
    }
}
