using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>
/// Where metrics, traces and logs go beside the console: by OTLP where one of the standard variables names a collector, and to Prometheus
/// where the settings say so. Without either nothing of OpenTelemetry runs.
/// </summary>
internal static class Exporters
{
    public const string PrometheusPath = "/metrics";

    private const string ServiceName = "optimization-gateway";

    /// <summary>Who names a collector; see OpenTelemetry's specification of the OTLP exporter.</summary>
    private static readonly string[] EndpointVariables =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    public static void Add(WebApplicationBuilder builder)
    {
        var usesOtlp = IsOtlpOn(builder.Configuration);
        var usesPrometheus = IsPrometheusOn(builder.Configuration);
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
                .WithTracing(tracing => tracing.AddSource(WatchTrace.SourceName).AddAspNetCoreInstrumentation())
                .WithLogging()
                .UseOtlpExporter();
        }
    }

    /// <summary>Adds the path that Prometheus asks, where it is switched on.</summary>
    public static void Map(WebApplication app)
    {
        if (IsPrometheusOn(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint(PrometheusPath);
        }
    }

    /// <summary>Whether one of the standard variables names a collector.</summary>
    public static bool IsOtlpOn(IConfiguration settings) =>
        !string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && EndpointVariables.Any(name => !string.IsNullOrEmpty(settings[name]));

    private static bool IsPrometheusOn(IConfiguration settings) =>
        bool.TryParse(
            settings[$"{GatewayOptions.Section}:{nameof(GatewayOptions.Telemetry)}:{nameof(TelemetryOptions.Prometheus)}"],
            out var isOn
        ) && isOn;
}
