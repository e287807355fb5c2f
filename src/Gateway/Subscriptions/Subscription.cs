using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// One job on one connection: reads its watch and writes each step into the lane, in order. While the lane is full it doesn't read on,
/// and so holds back the backend.
/// </summary>
/// <param name="request">The client's <c>subscribe</c>.</param>
/// <param name="watcher">The job's watcher; null if no backend has the job.</param>
/// <param name="lane">The lane for its messages.</param>
/// <param name="replacesOpen">True if the client believes that an earlier subscription to the job is open: a seek.</param>
/// <param name="translation">The settings for the translation of events.</param>
/// <param name="timeline">The connection's timeline; null if none is kept.</param>
internal sealed class Subscription(
    ClientMessage request,
    JobWatcher? watcher,
    LaneTicket lane,
    bool replacesOpen,
    TranslationOptions translation,
    TimeProvider time,
    GatewayMetrics metrics,
    Timeline? timeline
)
{
    private readonly DateTimeOffset since = time.GetUtcNow();
    private SubscriptionState state = SubscriptionState.Opening;
    private UnsubscribeReason? ended;
    private SentError? lastError;

    /// <summary>Returns the subscription as it is now. Can be called from any thread.</summary>
    /// <param name="waiting">The state of its lane.</param>
    public SubscriptionView View(in LaneView waiting) =>
        new(request.JobId, since, request.AfterEventId, state, ended, lastError, waiting, watcher?.View);

    /// <summary>Runs until the client has been told the reason of its end.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled: the client wants no more, and gets no more.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        metrics.SubscriptionStarted(TagValue.Of(state));
        try
        {
            using var writer = new JobMessageWriter(request.JobId, watcher, lane, translation, time);
            await foreach (var step in JobSource.ReadAsync(watcher, stop))
            {
                await WriteAsync(writer, step, stop);
            }

            await writer.DrainedAsync();
        }
        finally
        {
            metrics.SubscriptionEnded(TagValue.Of(state));
        }
    }

    private ValueTask WriteAsync(JobMessageWriter writer, WatchStep step, CancellationToken stop)
    {
        switch (step)
        {
            case WatchStep.Opened opened:
                MoveTo(SubscriptionState.Open);
                timeline?.Add(TimelineEntryKind.Subscribed, request.JobId, eventId: opened.LastEventId);
                return writer.WriteSubscribedAsync(opened, request.RequestId, stop);
            case WatchStep.History history:
                MoveTo(SubscriptionState.Open);
                return writer.WriteHistoryAsync(history, requested: false, requestId: null, stop);
            case WatchStep.Live live:
                MoveTo(SubscriptionState.Open);
                return writer.WriteEventAsync(live, stop);
            case WatchStep.Outage:
                MoveTo(SubscriptionState.Waiting);
                var outage = new ErrorMessage(ErrorCode.BackendUnavailable, SubscriptionEffect.Kept)
                {
                    Text = "The job's backend is away. The gateway keeps asking; what was missed will follow.",
                    JobId = request.JobId,
                };
                return SendErrorAsync(writer, outage, stop);
            case WatchStep.Ended { Reason: WatchEnd.JobEnded }:
                return SendUnsubscribedAsync(writer, UnsubscribeReason.JobEnded, stop);
            case WatchStep.Ended failed:
                return FailAsync(writer, failed, stop);
            default:
                throw new InvalidOperationException($"An unknown step: {step}.");
        }
    }

    private async ValueTask FailAsync(JobMessageWriter writer, WatchStep.Ended failed, CancellationToken stop)
    {
        var isOpen = state != SubscriptionState.Opening;

        // To the client a seek that can't be opened ends the subscription it had.
        var wasOpen = isOpen || replacesOpen;
        var error = WatchEndErrors.Of(failed, wasOpen ? SubscriptionEffect.Ended : SubscriptionEffect.NotOpened, request.JobId);
        await SendErrorAsync(writer, isOpen ? error : error with { RequestId = request.RequestId }, stop);
        if (wasOpen)
        {
            await SendUnsubscribedAsync(writer, UnsubscribeReason.Failed, stop);
        }

        ended = UnsubscribeReason.Failed;
    }

    private ValueTask SendErrorAsync(JobMessageWriter writer, ErrorMessage error, CancellationToken stop)
    {
        lastError = new SentError(error.Code.Name, time.GetUtcNow());
        timeline?.Add(TimelineEntryKind.ErrorSent, request.JobId, error.Code.Name);
        return writer.WriteErrorAsync(error, stop);
    }

    private ValueTask SendUnsubscribedAsync(JobMessageWriter writer, UnsubscribeReason reason, CancellationToken stop)
    {
        ended = reason;
        timeline?.Add(TimelineEntryKind.Unsubscribed, request.JobId, reason.Name, watcher?.Cursor);
        return writer.WriteUnsubscribedAsync(reason, stop);
    }

    private void MoveTo(SubscriptionState next)
    {
        if (state != next)
        {
            metrics.SubscriptionMoved(TagValue.Of(state), TagValue.Of(next));
            state = next;
        }
    }
}
