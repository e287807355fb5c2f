using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OptimizationGateway.Hosting.Telemetry;

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

    /// <summary>The most series of one metric unless there are many backends; OpenTelemetry's own default.</summary>
    private const int Series = 2000;

    /// <summary>More than there are causes that break a stream: each backend has a series for each.</summary>
    private const int SeriesPerBackend = 20;

    /// <param name="builder">The program's builder.</param>
    /// <param name="usesPrometheus">True if Prometheus may ask.</param>
    /// <param name="backends">The number of backends.</param>
    public static void Add(WebApplicationBuilder builder, bool usesPrometheus, int backends)
    {
        var usesOtlp = IsOtlpOn(builder.Configuration);
        if (!usesOtlp && !usesPrometheus)
        {
            return;
        }

        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(ServiceName, serviceVersion: BuildVersion.Version).AddEnvironmentVariableDetector()
            )
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(GatewayMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                metrics.AddView(
                    "gateway.upstream.*",
                    new MetricStreamConfiguration { CardinalityLimit = Math.Max(Series, backends * SeriesPerBackend) }
                );
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
