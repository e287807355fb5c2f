using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.LogServer.Http;

/// <summary>
/// Maps the health checks for orchestrators and load balancers: <c>/health/live</c> and <c>/health/ready</c>, 200 or 503, with details as
/// JSON. It isn't ready while the log can't be written, or while it stops.
/// </summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks(HealthPaths.Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        routes.MapHealthChecks(HealthPaths.Ready, new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status == HealthStatus.Unhealthy ? "unavailable" : "ok",
                version = BuildVersion.Version,
                checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => entry.Value.Description ?? (entry.Value.Status == HealthStatus.Unhealthy ? "unavailable" : "ok")
                ),
            }
        );
}
