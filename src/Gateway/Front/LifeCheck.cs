using Microsoft.Extensions.Diagnostics.HealthChecks;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Reports the gateway as ready from the end of its start to the beginning of its shutdown.</summary>
internal sealed class LifeCheck(Admission admission, SessionRegistry sessions, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public const string Name = "gateway";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // The lifetime knows of a shutdown first; admission follows in the same moment.
        var isLeaving = admission.IsClosed || lifetime.ApplicationStopping.IsCancellationRequested;
        var state =
            isLeaving ? "draining"
            : lifetime.ApplicationStarted.IsCancellationRequested ? "serving"
            : "starting";
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["state"] = state, ["connections"] = sessions.Count };
        return Task.FromResult(
            state == "serving"
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Unhealthy(description: null, exception: null, data)
        );
    }
}
