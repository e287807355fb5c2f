using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>A reader's place in a job's log, as the messages of its one subscription tell it.</summary>
/// <param name="afterEventId">The place that it began at; null for what happens from now on.</param>
/// <param name="epoch">The epoch of that place; empty if it isn't known.</param>
internal sealed class StreamPosition(long? afterEventId, string epoch)
{
    private long? eventId = afterEventId;
    private string epoch = epoch;
    private StreamOffset? written;
    private string? token;

    /// <summary>The offset to read on from; null while it isn't known.</summary>
    public StreamOffset? Offset => eventId is { } id ? new StreamOffset(id, epoch) : null;

    /// <summary>The same as a token.</summary>
    public string? Token
    {
        get
        {
            if (written != Offset)
            {
                (written, token) = (Offset, Offset?.ToString());
            }

            return token;
        }
    }

    /// <summary>True if the reader has been given every event that there was.</summary>
    public bool IsUpToDate { get; private set; }

    /// <summary>True if the job has ended, and the reader has been given every event.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>True if the job's backend is away.</summary>
    public bool IsAway { get; private set; }

    /// <summary>The reason there is nothing more to read; null while there is.</summary>
    public ErrorMessage? Error { get; private set; }

    /// <summary>The offset behind an event, in the same log.</summary>
    public StreamOffset OffsetOf(long id) => new(id, epoch);

    /// <summary>Moves past a message.</summary>
    public void Take(in MessageFacts facts)
    {
        switch (facts.Content)
        {
            case SubscribedMessage subscribed:
                epoch = subscribed.Epoch.Length > 0 ? subscribed.Epoch : epoch;
                IsUpToDate = eventId is null && subscribed.LastEventId is not null;
                IsClosed = subscribed.IsJobsEnd;
                eventId ??= subscribed.LastEventId;
                break;
            case ErrorMessage error when error.Effect == SubscriptionEffect.Kept:
                IsAway = true;
                break;
            case ErrorMessage error:
                Error = error;
                break;
            case UnsubscribeReason reason when reason == UnsubscribeReason.JobEnded:
                (IsUpToDate, IsClosed) = (true, true);
                break;
        }

        if (facts.Type is ServerMessageType.Event or ServerMessageType.Replay)
        {
            eventId = facts.Events > 0 ? facts.LastEventId : eventId;
            (IsUpToDate, IsClosed, IsAway) = (!facts.HasMore, facts.IsJobsEnd, false);
        }
    }

    /// <summary>Begins just before an event, if it isn't known where: the reader wants no event.</summary>
    public void BeginBefore(in MessageFacts facts)
    {
        if (eventId is null && facts.Events > 0)
        {
            (eventId, IsUpToDate) = (facts.LastEventId - 1, true);
        }
    }
}
