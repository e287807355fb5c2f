using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// One job on one connection, and its one watch: opening → live → ended. Pumps what the watcher tells into the lane, in order, and waits
/// with the watcher while the lane is full.
/// </summary>
/// <param name="request">The client's <c>subscribe</c>.</param>
/// <param name="watcher">The job's watcher; null where no backend has the job.</param>
/// <param name="lane">Where the messages go.</param>
/// <param name="replacesOpen">Whether the client believes that an earlier subscription to the job is open: a seek.</param>
/// <param name="translation">What is shown of its events.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Counts it, by state.</param>
/// <param name="timeline">Is told what happens to it; null where nobody asks.</param>
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

    /// <summary>The subscription as it is now; may be asked for from anywhere.</summary>
    /// <param name="waiting">Its lane.</param>
    public SubscriptionView View(in LaneView waiting) =>
        new(request.JobId, since, request.AfterEventId, state, ended, lastError, waiting, watcher?.View);

    /// <summary>Runs until the client has been told why it ended.</summary>
    /// <exception cref="OperationCanceledException">The token: the client wants no more, and gets no more.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        metrics.SubscriptionStarted(TagValue.Of(state));
        try
        {
            using var feed = new JobFeed(request.JobId, watcher, lane, translation, time);
            await feed.RunAsync(step => TellAsync(feed, step, stop), stop);
        }
        finally
        {
            metrics.SubscriptionEnded(TagValue.Of(state));
        }
    }

    private ValueTask TellAsync(JobFeed feed, WatchStep step, CancellationToken stop)
    {
        switch (step)
        {
            case WatchStep.Opened opened:
                MoveTo(SubscriptionState.Open);
                timeline?.Add(HappeningKind.Subscribed, request.JobId, eventId: opened.LastEventId);
                return feed.SendSubscribedAsync(opened, request.RequestId, stop);
            case WatchStep.History history:
                MoveTo(SubscriptionState.Open);
                return feed.SendHistoryAsync(history, requested: false, requestId: null, stop);
            case WatchStep.Live live:
                MoveTo(SubscriptionState.Open);
                return feed.SendEventAsync(live, stop);
            case WatchStep.Outage:
                MoveTo(SubscriptionState.Waiting);
                var outage = new ErrorMessage(ErrorCode.BackendUnavailable, SubscriptionEffect.Kept)
                {
                    Text = "The job's backend is away. The gateway keeps asking; what was missed will follow.",
                    JobId = request.JobId,
                };
                return SendErrorAsync(feed, outage, stop);
            case WatchStep.Ended { Reason: WatchEnd.JobEnded }:
                return SendUnsubscribedAsync(feed, UnsubscribeReason.JobEnded, stop);
            case WatchStep.Ended failed:
                return FailAsync(feed, failed, stop);
            default:
                throw new InvalidOperationException($"A step that nobody knows: {step}.");
        }
    }

    private async ValueTask FailAsync(JobFeed feed, WatchStep.Ended failed, CancellationToken stop)
    {
        var isOpen = state != SubscriptionState.Opening;

        // To the client a seek that can't be opened ends the subscription it had.
        var wasOpen = isOpen || replacesOpen;
        var error = WatchEndErrors.Of(failed, wasOpen ? SubscriptionEffect.Ended : SubscriptionEffect.NotOpened, request.JobId);
        await SendErrorAsync(feed, isOpen ? error : error with { RequestId = request.RequestId }, stop);
        if (wasOpen)
        {
            await SendUnsubscribedAsync(feed, UnsubscribeReason.Failed, stop);
        }

        ended = UnsubscribeReason.Failed;
    }

    private ValueTask SendErrorAsync(JobFeed feed, ErrorMessage error, CancellationToken stop)
    {
        lastError = new SentError(error.Code.Name, time.GetUtcNow());
        timeline?.Add(HappeningKind.ErrorSent, request.JobId, error.Code.Name);
        return feed.SendErrorAsync(error, stop);
    }

    private ValueTask SendUnsubscribedAsync(JobFeed feed, UnsubscribeReason reason, CancellationToken stop)
    {
        ended = reason;
        timeline?.Add(HappeningKind.Unsubscribed, request.JobId, reason.Name, watcher?.Cursor);
        return feed.SendUnsubscribedAsync(reason, stop);
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
