using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>All backends. A job belongs to the one with the longest pattern that matches its id.</summary>
internal sealed class BackendRegistry : IAsyncDisposable
{
    /// <summary>The part of the heap that messages may take while they arrive: an eighth.</summary>
    private const int HeapParts = 8;

    private readonly (WildcardPattern Pattern, Backend Backend)[] routes;

    public BackendRegistry(
        IReadOnlyDictionary<string, BackendOptions> backends,
        UpstreamOptions upstream,
        HeldMemory held,
        NameLookup lookup,
        TimeProvider time,
        ILoggerFactory loggers,
        GatewayMetrics metrics
    )
    {
        var heap = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var budget = new ArrivalBudget(Math.Min(upstream.ArrivingMessageBytes, heap / HeapParts), held: held);
        All = [.. backends.Select(b => new Backend(b.Key, b.Value, upstream, budget.Share(2), held, lookup, time, metrics, loggers))];
        routes =
        [
            .. All.SelectMany(backend => backend.Jobs, (backend, pattern) => (pattern, backend))
                .OrderByDescending(route => route.pattern.Exactness)
                .ThenBy(route => route.pattern.Text.Contains('*', StringComparison.Ordinal)),
        ];
    }

    public IReadOnlyList<Backend> All { get; }

    /// <summary>Finds the backend of a job.</summary>
    /// <returns>Null if no backend is configured for the job.</returns>
    public Backend? Find(string jobId) => Array.Find(routes, route => route.Pattern.Matches(jobId)).Backend;

    public async ValueTask DisposeAsync()
    {
        foreach (var backend in All)
        {
            await backend.DisposeAsync();
        }
    }
}
