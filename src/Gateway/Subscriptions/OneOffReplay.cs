using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Answers one <c>replay</c> with the history after a cursor. It needs no subscription and changes none.</summary>
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
    /// <exception cref="OperationCanceledException">The token was cancelled: the client wants no more.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var writer = new JobMessageWriter(request.JobId, watcher, lane, translation, time);
        await foreach (var step in JobSource.ReadAsync(watcher, stop))
        {
            await WriteAsync(writer, step, stop);
        }

        stop.ThrowIfCancellationRequested();
        await writer.DrainedAsync();
    }

    private ValueTask WriteAsync(JobMessageWriter writer, WatchStep step, CancellationToken stop) =>
        step switch
        {
            WatchStep.History history => writer.WriteHistoryAsync(history, requested: true, request.RequestId, stop),
            WatchStep.Ended { Reason: not WatchEnd.HistoryRead } ended => FailAsync(writer, ended, stop),
            _ => ValueTask.CompletedTask,
        };

    private ValueTask FailAsync(JobMessageWriter writer, WatchStep.Ended ended, CancellationToken stop)
    {
        var error = WatchEndErrors.Of(ended, SubscriptionEffect.Untouched, request.JobId) with
        {
            Requested = true,
            RequestId = request.RequestId,
        };
        timeline?.Add(TimelineEntryKind.ErrorSent, request.JobId, error.Code.Name);
        return writer.WriteErrorAsync(error, stop);
    }
}
