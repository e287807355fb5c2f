namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>Counts one lane's progress, for operators. The outbox's lock guards it.</summary>
internal sealed class LaneTally
{
    private MessageFacts onItsWay;
    private int onItsWayBytes;

    /// <summary>The number of events that wait.</summary>
    public int QueuedEvents { get; private set; }

    /// <summary>The id of the last event that was queued; 0 before the first.</summary>
    public long QueuedEventId { get; private set; }

    /// <summary>The id of the last event that the socket has taken; 0 before the first.</summary>
    public long SentEventId { get; private set; }

    public long EventsSent { get; private set; }

    /// <summary>Bytes of the messages, without their frames.</summary>
    public long BytesSent { get; private set; }

    /// <summary>The time at which the events in the current write were read; 0 if there is none.</summary>
    public long OnItsWaySince => onItsWay.ReadAt;

    public void Queued(in MessageFacts facts)
    {
        QueuedEvents += facts.Events;
        QueuedEventId = Math.Max(QueuedEventId, facts.LastEventId);
    }

    public void Dequeued(in MessageFacts facts) => QueuedEvents -= facts.Events;

    /// <summary>Records that a message is on its way, from the queue or from the lane's source.</summary>
    public void Taken(in OutboxMessage message)
    {
        onItsWay = message.Facts;
        onItsWayBytes = message.Length;
    }

    /// <summary>Records that the current message has been sent.</summary>
    public void Sent()
    {
        EventsSent += onItsWay.Events;
        BytesSent += onItsWayBytes;
        SentEventId = Math.Max(SentEventId, onItsWay.LastEventId);
        onItsWay = default;
        onItsWayBytes = 0;
    }

    /// <summary>Records that the waiting messages were dropped.</summary>
    public void Dropped() => QueuedEvents = 0;

    /// <summary>Starts anew for another subscription.</summary>
    public void StartAnew()
    {
        (QueuedEvents, QueuedEventId, SentEventId, EventsSent, BytesSent) = (0, 0, 0, 0, 0);
        onItsWay = default;
        onItsWayBytes = 0;
    }
}
