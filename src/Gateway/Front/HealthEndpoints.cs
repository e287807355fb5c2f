using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OptimizationGateway.Gateway.Front;

/// <summary>What orchestrators and load balancers ask: <c>/health/live</c> and <c>/health/ready</c>, 200 or 503, with the details as JSON.</summary>
internal static class HealthEndpoints
{
    public const string LivePath = "/health/live";
    public const string ReadyPath = "/health/ready";

    /// <summary>The tag of the checks that <see cref="ReadyPath"/> asks. That the process is alive is shown by the answer itself.</summary>
    public const string Ready = "ready";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        routes.MapHealthChecks(
            ReadyPath,
            new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync }
        );
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status == HealthStatus.Unhealthy ? "unavailable" : "ok");
        foreach (var (name, entry) in report.Entries)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, entry.Data);
        }

        json.WriteEndObject();
        return Task.CompletedTask;
    }
}
