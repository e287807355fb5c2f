using Microsoft.Extensions.Diagnostics.HealthChecks;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>NOT_SERVING while the event log can't be written.</summary>
internal sealed class LogHealth(EventLog log) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(log.IsFailing ? HealthCheckResult.Unhealthy("The event log can't be written.") : HealthCheckResult.Healthy());
}
