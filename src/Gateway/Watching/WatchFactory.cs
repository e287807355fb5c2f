using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>Creates the watches of jobs, each at the backend that has the job.</summary>
internal sealed class WatchFactory(BackendRegistry backends, TimeProvider time, GatewayMetrics metrics)
{
    /// <returns>The watcher of one job for one client; null if no backend is configured for the job.</returns>
    public JobWatcher? Create(WatchStart start) =>
        backends.Find(start.JobId) is { } backend ? new JobWatcher(start, backend, time, metrics) : null;
}
