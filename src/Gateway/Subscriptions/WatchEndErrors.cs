using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Maps the end of a watch to the client's error, unless the job itself has ended.</summary>
internal static class WatchEndErrors
{
    private const string HeadersTooLarge =
        "The token and headers that the gateway hands on are larger than the job's backend takes. Come back with smaller ones; the gateway's log has the sizes.";

    /// <param name="ended">The end of the watch.</param>
    /// <param name="effect">The effect on the subscription.</param>
    /// <param name="jobId">The job.</param>
    public static ErrorMessage Of(WatchStep.Ended ended, SubscriptionEffect effect, string jobId) =>
        ended.Reason switch
        {
            WatchEnd.HistoryTruncated or WatchEnd.CursorAhead => new ErrorMessage(CodeOf(ended.Reason), effect)
            {
                JobId = jobId,
                EarliestEventId = ended.Fault?.EarliestEventId,
                LatestEventId = ended.Fault?.LatestEventId,
            },
            _ when ended.Fault?.Headers is not null => new ErrorMessage(CodeOf(ended.Reason), effect)
            {
                Text = HeadersTooLarge,
                JobId = jobId,
            },
            WatchEnd.BadEvent => new ErrorMessage(CodeOf(ended.Reason), effect) { JobId = jobId, EventId = ended.Fault?.EventId },
            _ => new ErrorMessage(CodeOf(ended.Reason), effect) { JobId = jobId },
        };

    private static ErrorCode CodeOf(WatchEnd end) =>
        end switch
        {
            WatchEnd.NotFound => ErrorCode.JobNotFound,
            WatchEnd.HistoryTruncated => ErrorCode.HistoryTruncated,
            WatchEnd.CursorAhead => ErrorCode.CursorAhead,
            WatchEnd.EpochChanged => ErrorCode.EpochChanged,
            WatchEnd.Unauthorized => ErrorCode.Unauthorized,
            WatchEnd.Forbidden => ErrorCode.Forbidden,
            WatchEnd.Unavailable => ErrorCode.BackendUnavailable,
            WatchEnd.BadEvent => ErrorCode.BadEvent,
            _ => ErrorCode.BackendError,
        };
}
