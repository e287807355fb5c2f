using System.Text.Json;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// The messages of a subscription to its client, and the state that follows from them: maps the steps of a watch. The subscription calls
/// it while it has a watch of its own, the feed while it has a seat; never both at once.
/// </summary>
/// <param name="request">The client's <c>subscribe</c>.</param>
/// <param name="lane">The lane for the messages.</param>
/// <param name="replacesOpen">True if the client believes that an earlier subscription to the job is open: a seek.</param>
/// <param name="timeline">The connection's timeline; null if none is kept.</param>
internal sealed class SubscriptionMessages(
    ClientMessage request,
    LaneTicket lane,
    bool replacesOpen,
    TimeProvider time,
    GatewayMetrics metrics,
    Timeline? timeline
) : IViewer
{
    /// <summary>The state.</summary>
    public SubscriptionState State { get; private set; } = SubscriptionState.Opening;

    /// <summary>The reason of its end; null while it goes on.</summary>
    public UnsubscribeReason? Ended { get; private set; }

    /// <summary>The last error that was sent about it.</summary>
    public SentError? LastError { get; private set; }

    /// <summary>The watch's position at the end, for the timeline.</summary>
    public long? Cursor { get; set; }

    /// <summary>The oldest event of the log, if the client was told so when its subscription was opened.</summary>
    public long? EarliestTold { get; private set; }

    /// <inheritdoc/>
    public MessageForm Form => lane.Form;

    /// <inheritdoc/>
    public JsonEncodedText JobId { get; } = ServerMessageWriter.Encode(request.JobId);

    /// <inheritdoc/>
    public OutboxMessage WriteOutage()
    {
        var error = NoteOutage();
        return Put(ServerMessageType.Error, error, message => ServerMessageWriter.WriteError(message, error));
    }

    /// <inheritdoc/>
    public void NoteOpen() => MoveTo(SubscriptionState.Open);

    /// <inheritdoc/>
    public void Note(TimelineEntryKind kind, string? code, long? eventId) => timeline?.Add(kind, request.JobId, code, eventId);

    /// <summary>Tells the client that its subscription is open.</summary>
    /// <param name="opened">The log as the backend described it.</param>
    /// <param name="isJobsEnd">True if the job has ended, and no event follows.</param>
    public ValueTask WriteSubscribedAsync(WatchStep.Opened opened, bool isJobsEnd = false)
    {
        MoveTo(SubscriptionState.Open);
        timeline?.Add(TimelineEntryKind.Subscribed, request.JobId, eventId: opened.LastEventId);
        var (epoch, last, earliest) = opened;
        EarliestTold = earliest;
        return lane.WriteAsync(
            Put(
                ServerMessageType.Subscribed,
                new SubscribedMessage(epoch, last, earliest, isJobsEnd),
                message => ServerMessageWriter.WriteSubscribed(message, JobId, epoch, last, earliest, request.RequestId)
            )
        );
    }

    /// <summary>Tells the client a step of its own watch.</summary>
    public ValueTask WriteAsync(JobMessageWriter writer, WatchStep step, CancellationToken stop)
    {
        switch (step)
        {
            case WatchStep.Opened opened:
                return WriteSubscribedAsync(opened, writer.IsJobsEnd);
            case WatchStep.History history:
                MoveTo(SubscriptionState.Open);
                return writer.WriteHistoryAsync(history, requested: false, requestId: null, stop);
            case WatchStep.Live live:
                MoveTo(SubscriptionState.Open);
                return writer.WriteEventAsync(live, stop);
            case WatchStep.Outage when State == SubscriptionState.Waiting:
                // The client was told by the feed that it came from.
                return ValueTask.CompletedTask;
            case WatchStep.Outage:
                return WriteErrorAsync(NoteOutage());
            default:
                throw new InvalidOperationException($"An unknown step: {step}.");
        }
    }

    /// <summary>Tells the client the end of its subscription.</summary>
    public async ValueTask WriteEndAsync(WatchStep.Ended end)
    {
        if (end.Reason == WatchEnd.JobEnded)
        {
            await WriteUnsubscribedAsync(UnsubscribeReason.JobEnded);
            return;
        }

        // To the client a seek that can't be opened ends the subscription it had.
        var isOpen = State != SubscriptionState.Opening;
        var wasOpen = isOpen || replacesOpen;
        var error = WatchEndErrors.Of(end, wasOpen ? SubscriptionEffect.Ended : SubscriptionEffect.NotOpened, request.JobId);
        await WriteErrorAsync(Note(isOpen ? error : error with { RequestId = request.RequestId }));
        if (wasOpen)
        {
            await WriteUnsubscribedAsync(UnsubscribeReason.Failed);
        }

        Ended = UnsubscribeReason.Failed;
    }

    private ErrorMessage NoteOutage()
    {
        MoveTo(SubscriptionState.Waiting);
        return Note(
            new ErrorMessage(ErrorCode.BackendUnavailable, SubscriptionEffect.Kept)
            {
                Text = "The job's backend is away. The gateway keeps asking; what was missed will follow.",
                JobId = request.JobId,
            }
        );
    }

    private ErrorMessage Note(ErrorMessage error)
    {
        LastError = new SentError(error.Code.Name, time.GetUtcNow());
        timeline?.Add(TimelineEntryKind.ErrorSent, request.JobId, error.Code.Name);
        return error;
    }

    private ValueTask WriteErrorAsync(ErrorMessage error) =>
        lane.WriteAsync(Put(ServerMessageType.Error, error, message => ServerMessageWriter.WriteError(message, error)));

    private ValueTask WriteUnsubscribedAsync(UnsubscribeReason reason)
    {
        Ended = reason;
        timeline?.Add(TimelineEntryKind.Unsubscribed, request.JobId, reason.Name, Cursor);
        return lane.WriteAsync(
            Put(
                ServerMessageType.Unsubscribed,
                reason,
                message => ServerMessageWriter.WriteUnsubscribed(message, JobId, reason, requestId: null)
            )
        );
    }

    private OutboxMessage Put(ServerMessageType type, object content, Action<MessageBuffer> write)
    {
        using var message = new MessageBuffer();
        if (Form.HasEnvelopes)
        {
            write(message);
        }

        return message.Detach(new MessageFacts(type) { Content = content });
    }

    private void MoveTo(SubscriptionState next)
    {
        if (State != next)
        {
            metrics.SubscriptionMoved(TagValue.Of(State), TagValue.Of(next));
            State = next;
        }
    }
}
