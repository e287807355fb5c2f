using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>The answer to one <c>replay</c>: the history after a cursor, once. It needs no subscription and changes none.</summary>
internal sealed class OneOffReplay(
    ClientMessage request,
    JobWatcher? watcher,
    LaneTicket lane,
    TranslationOptions translation,
    TimeProvider time,
    Timeline? timeline
)
{
    /// <summary>Runs until the last of the history, or an error, is on its way.</summary>
    /// <exception cref="OperationCanceledException">The token: the client wants no more.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var feed = new JobFeed(request.JobId, watcher, lane, translation, time);
        await feed.RunAsync(step => TellAsync(feed, step, stop), stop);
    }

    private ValueTask TellAsync(JobFeed feed, WatchStep step, CancellationToken stop) =>
        step switch
        {
            WatchStep.History history => feed.SendHistoryAsync(history, requested: true, request.RequestId, stop),
            WatchStep.Ended { Reason: not WatchEnd.HistoryRead } ended => FailAsync(feed, ended, stop),
            _ => ValueTask.CompletedTask,
        };

    private ValueTask FailAsync(JobFeed feed, WatchStep.Ended ended, CancellationToken stop)
    {
        var error = WatchEndErrors.Of(ended, SubscriptionEffect.Untouched, request.JobId) with
        {
            Requested = true,
            RequestId = request.RequestId,
        };
        timeline?.Add(HappeningKind.ErrorSent, request.JobId, error.Code.Name);
        return feed.SendErrorAsync(error, stop);
    }
}
