namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>Counts one lane's progress, for operators. The outbox's lock guards it.</summary>
internal sealed class LaneTally
{
    private OnItsWay onItsWay;

    /// <summary>Changes with each subscription, so that what was taken for an earlier one isn't counted.</summary>
    public int Subscription { get; private set; }

    /// <summary>The number of events that wait.</summary>
    public int QueuedEvents { get; private set; }

    /// <summary>The id of the last event that was queued; 0 before the first.</summary>
    public long QueuedEventId { get; private set; }

    /// <summary>The id of the last event that the socket has taken; 0 before the first.</summary>
    public long SentEventId { get; private set; }

    public long EventsSent { get; private set; }

    /// <summary>Bytes of the messages, without their frames.</summary>
    public long BytesSent { get; private set; }

    /// <summary>The time at which the oldest event was read that the socket was given and hasn't taken; 0 if there is none.</summary>
    public long OnItsWaySince => onItsWay.Since;

    public void Queued(in MessageFacts facts)
    {
        QueuedEvents += facts.Events;
        QueuedEventId = Math.Max(QueuedEventId, facts.LastEventId);
    }

    public void Dequeued(in MessageFacts facts) => QueuedEvents -= facts.Events;

    /// <summary>Records that a message is on its way, from the queue or from the lane's source.</summary>
    public void Taken(in MessageFacts facts) => onItsWay.Taken(facts);

    /// <summary>Records that the socket has taken the oldest message that is on its way.</summary>
    public void Sent(in MessageFacts facts, int length)
    {
        EventsSent += facts.Events;
        BytesSent += length;
        SentEventId = Math.Max(SentEventId, facts.LastEventId);
        onItsWay.Sent();
    }

    /// <summary>Records that the waiting messages were dropped.</summary>
    public void Dropped() => QueuedEvents = 0;

    /// <summary>Starts anew for another subscription.</summary>
    public void StartAnew()
    {
        Subscription++;
        (QueuedEvents, QueuedEventId, SentEventId, EventsSent, BytesSent) = (0, 0, 0, 0, 0);
        onItsWay = default;
    }
}
