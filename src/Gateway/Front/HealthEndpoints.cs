using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Maps the health checks for orchestrators and load balancers: <c>/health/live</c> and <c>/health/ready</c>, 200 or 503, with details
/// as JSON.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>
    /// The tag of the checks for <see cref="HealthPaths.Ready"/>. <see cref="HealthPaths.Live"/> has none: an answer shows that the process is alive.
    /// </summary>
    public const string Ready = "ready";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks(HealthPaths.Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        routes.MapHealthChecks(
            HealthPaths.Ready,
            new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync }
        );
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status == HealthStatus.Unhealthy ? "unavailable" : "ok");
        json.WriteString("version", BuildVersion.Version);
        foreach (var (name, entry) in report.Entries)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, entry.Data);
        }

        json.WriteEndObject();
        return Task.CompletedTask;
    }
}
