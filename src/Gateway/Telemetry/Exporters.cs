using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>
/// Exports metrics, traces and logs: by OTLP if one of the standard variables names a collector, and to Prometheus
/// if the settings say so. Without either, no part of OpenTelemetry runs.
/// </summary>
internal static class Exporters
{
    public const string PrometheusPath = "/metrics";

    private const string ServiceName = "optimization-gateway";

    /// <summary>The variables that name a collector: OpenTelemetry's specification of the OTLP exporter.</summary>
    private static readonly string[] EndpointVariables =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <param name="builder">The program's builder.</param>
    /// <param name="usesPrometheus">True if Prometheus may ask.</param>
    public static void Add(WebApplicationBuilder builder, bool usesPrometheus)
    {
        var usesOtlp = IsOtlpOn(builder.Configuration);
        if (!usesOtlp && !usesPrometheus)
        {
            return;
        }

        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(GatewayMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                if (usesPrometheus)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        if (usesOtlp)
        {
            telemetry
                .WithTracing(tracing => tracing.AddSource(GatewayMetrics.MeterName).AddAspNetCoreInstrumentation())
                .WithLogging()
                .UseOtlpExporter();
        }
    }

    /// <summary>Adds the path that Prometheus asks.</summary>
    public static void MapPrometheus(WebApplication app) => app.MapPrometheusScrapingEndpoint(PrometheusPath);

    /// <summary>True if one of the standard variables names a collector.</summary>
    public static bool IsOtlpOn(IConfiguration settings) =>
        !string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && EndpointVariables.Any(name => !string.IsNullOrEmpty(settings[name]));
}
