using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OptimizationGateway.LogServer.Http;

/// <summary>Reports the log server as ready from the end of its start to the beginning of its shutdown.</summary>
internal sealed class LifeCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("stopping")
            : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("serving")
            : HealthCheckResult.Unhealthy("starting")
        );
}
