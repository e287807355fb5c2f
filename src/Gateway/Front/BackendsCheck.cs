using Microsoft.Extensions.Diagnostics.HealthChecks;
using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// How the backends are, as detail: a backend that is away is no reason to send clients elsewhere, since it is away from there too, and its
/// jobs' subscriptions wait for it here.
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
