using System.Globalization;
using Grpc.Core;

namespace OptimizationGateway.JobLogs.Watch;

/// <summary>The ways in which a watch fails, each with its status: the contract's list.</summary>
internal static class WatchFault
{
    public static RpcException BadRequest(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    public static RpcException UnknownJob() => new(new Status(StatusCode.NotFound, "There is no such job."));

    public static RpcException OtherEpoch() =>
        new(
            new Status(StatusCode.FailedPrecondition, "The job's log is another one now: its ids don't belong to the epoch that was given.")
        );

    // Not FAILED_PRECONDITION, which answers an epoch that was given: whoever opens the watch again gives it, and is told.
    public static RpcException EpochChanged() => new(new Status(StatusCode.Unavailable, "The job's log is another one now."));

    public static RpcException Stopping() => new(new Status(StatusCode.Unavailable, "The optimizer is stopping."));

    public static RpcException Unreadable() => new(new Status(StatusCode.Unavailable, "The event log can't be read at the moment."));

    public static RpcException OutOfRange(JobLogState log)
    {
        var trailers = new Metadata
        {
            { "earliest-event-id", log.EarliestId.ToString(CultureInfo.InvariantCulture) },
            { "latest-event-id", log.LastId.ToString(CultureInfo.InvariantCulture) },
        };
        return new RpcException(new Status(StatusCode.OutOfRange, "The log can't serve that cursor."), trailers);
    }
}
