using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>Which backend has a job: the one with the longest pattern that matches its id.</summary>
internal sealed class BackendRegistry : IAsyncDisposable
{
    /// <summary>The part of the heap that messages may take while they arrive.</summary>
    private const int HeapParts = 8;

    private readonly (JobPattern Pattern, Backend Backend)[] routes;
    private readonly UpstreamOptions upstream;
    private readonly TimeProvider time;
    private readonly GatewayMetrics metrics;

    public BackendRegistry(
        IOptions<GatewayOptions> options,
        NameLookup lookup,
        TimeProvider time,
        ILoggerFactory loggers,
        GatewayMetrics metrics
    )
    {
        upstream = options.Value.Upstream;
        this.time = time;
        this.metrics = metrics;
        var budget = new MemoryBudget(Math.Min(upstream.ArrivingMessageBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / HeapParts));
        All =
        [
            .. options.Value.Backends.Select(b => new Backend(b.Key, b.Value, upstream, budget.Share(2), lookup, time, metrics, loggers)),
        ];
        routes =
        [
            .. All.SelectMany(backend => backend.Jobs, (backend, pattern) => (pattern, backend))
                .OrderByDescending(route => route.pattern.Exactness)
                .ThenBy(route => route.pattern.Text.Contains('*', StringComparison.Ordinal)),
        ];
    }

    public IReadOnlyList<Backend> All { get; }

    /// <returns>Null where no backend is configured for the job.</returns>
    public Backend? Find(string jobId) => Array.Find(routes, route => route.Pattern.Matches(jobId)).Backend;

    /// <returns>The watcher of one job for one client; null where no backend is configured for it.</returns>
    public JobWatcher? Watch(WatchStart start) =>
        Find(start.JobId) is { } backend ? new JobWatcher(start, backend, upstream, time, metrics) : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var backend in All)
        {
            await backend.DisposeAsync();
        }
    }
}
