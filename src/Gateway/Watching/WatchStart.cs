using System.Diagnostics;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>A client's request to watch a job.</summary>
/// <param name="JobId">The job.</param>
/// <param name="AfterEventId">The cursor; null for live events only.</param>
/// <param name="Epoch">The epoch that the cursor belongs to; null or empty if the client didn't say.</param>
/// <param name="HistoryOnly">True if it ends with the last of the history.</param>
internal sealed record WatchStart(string JobId, long? AfterEventId, string? Epoch, bool HistoryOnly)
{
    /// <summary>Set if the client was told <c>subscribed</c> by an earlier watch, which this one takes over from.</summary>
    public ResumedWatch? Resumed { get; init; }

    /// <summary>The client that the streams are opened for; null for the watch by itself.</summary>
    public IStreamOwner? Client { get; init; }

    /// <summary>The trace that the watch is part of; the default if there is none.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>The connection's timeline; null if none is kept.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>The headers of the caller that the backend may get.</summary>
    public CallerHeaders Caller { get; init; } = CallerHeaders.None;

    /// <summary>Creates the request to a backend.</summary>
    /// <param name="cursor">The position to go on from; null if it isn't known.</param>
    /// <param name="epoch">The epoch; empty if it isn't known.</param>
    public WatchJobRequest RequestAt(long? cursor, string epoch)
    {
        var request = new WatchJobRequest
        {
            JobId = JobId,
            Epoch = epoch,
            HistoryOnly = HistoryOnly,
        };
        if (cursor is { } id)
        {
            request.AfterEventId = id;
        }

        return request;
    }
}

/// <summary>A client's knowledge of a log whose watch another one takes over.</summary>
/// <param name="EarliestTold">The oldest event there was, if the client was told so.</param>
internal sealed record ResumedWatch(long? EarliestTold);
