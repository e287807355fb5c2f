using Microsoft.Extensions.Diagnostics.HealthChecks;
using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Reports the state of the backends as detail. A backend that is away doesn't make the gateway unready: other gateways can't reach it
/// either, and the subscriptions to its jobs wait for it here.
/// </summary>
internal sealed class BackendsCheck(BackendRegistry backends) : IHealthCheck
{
    public const string Name = "backends";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = backends.All.ToDictionary(backend => backend.Name, State, StringComparer.Ordinal);
        return Task.FromResult(HealthCheckResult.Healthy(data: data));
    }

    private static object State(Backend backend)
    {
        var state = backend.IsTroubled ? "troubled" : "ok";
        return backend.Replicas == 1
            ? new { state, streams = backend.Streams }
            : new
            {
                state,
                streams = backend.Streams,
                replicas = backend.Replicas,
                away = backend.ReplicasAway,
            };
    }
}
