using System.Diagnostics;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>What a client wants to see of a job.</summary>
/// <param name="JobId">The job.</param>
/// <param name="AfterEventId">The cursor; null for live events only.</param>
/// <param name="Epoch">The epoch the cursor belongs to; null or empty where the client didn't say.</param>
/// <param name="HistoryOnly">Whether it ends with the last of the history.</param>
internal sealed record WatchStart(string JobId, long? AfterEventId, string? Epoch, bool HistoryOnly)
{
    /// <summary>The trace that the watch is part of; the default where there is none.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>Where what happens to the watch is told; null where nobody asks.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>What the backend may get of the caller.</summary>
    public CallerHeaders Caller { get; init; } = CallerHeaders.None;

    /// <summary>What to ask a backend for.</summary>
    /// <param name="cursor">Where to go on from, as far as it is known.</param>
    /// <param name="epoch">The epoch, as far as it is known; else empty.</param>
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
