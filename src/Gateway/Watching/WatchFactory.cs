using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>Creates the watches of jobs, each at the backend that has the job.</summary>
internal sealed class WatchFactory(BackendRegistry backends, TimeProvider time, GatewayMetrics metrics)
{
    /// <returns>The watcher of one job for one client; null if no backend is configured for the job.</returns>
    public JobWatcher? Create(WatchStart start) =>
        backends.Find(start.JobId) is { } backend ? new JobWatcher(start, backend, time, metrics) : null;

    /// <summary>Names what a stream depends on, beside the cursor. Two callers get the same key only if the backend can't tell them apart.</summary>
    /// <returns>Null if no backend is configured for the job.</returns>
    public WatchKey? KeyOf(WatchStart start) =>
        backends.Find(start.JobId) is { } backend ? new WatchKey(backend.Name, start.JobId, backend.FingerprintOf(start.Caller)) : null;
}

/// <summary>The things that a stream depends on, beside the cursor.</summary>
/// <param name="Backend">The backend's name in the settings.</param>
/// <param name="JobId">The job.</param>
/// <param name="Caller">A hash of what the backend is sent of the caller; empty if that is nothing.</param>
internal sealed record WatchKey(string Backend, string JobId, string Caller);
