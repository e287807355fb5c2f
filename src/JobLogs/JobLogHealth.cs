using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OptimizationGateway.JobLogs;

/// <summary>NOT_SERVING while the event log can't be written.</summary>
internal sealed class JobLogHealth(IJobLogStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.IsFailing ? HealthCheckResult.Unhealthy("The event log can't be written.") : HealthCheckResult.Healthy());
}
