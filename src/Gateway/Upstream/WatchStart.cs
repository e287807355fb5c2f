namespace OptimizationGateway.Gateway.Upstream;

/// <summary>What a client wants to see of a job.</summary>
/// <param name="JobId">The job.</param>
/// <param name="AfterEventId">The cursor; null for live events only.</param>
/// <param name="Epoch">The epoch the cursor belongs to; null or empty where the client didn't say.</param>
/// <param name="HistoryOnly">Whether it ends with the last of the history.</param>
internal sealed record WatchStart(string JobId, long? AfterEventId, string? Epoch, bool HistoryOnly);
