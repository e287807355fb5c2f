using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Telemetry;

/// <summary>
/// Exports metrics: by OTLP if one of the standard variables names a collector, and to Prometheus if the settings say so. Without either,
/// no part of OpenTelemetry runs.
/// </summary>
internal static class Exporters
{
    public const string PrometheusPath = "/metrics";

    private const string ServiceName = "optimization-log-server";

    /// <summary>The variables that name a collector: OpenTelemetry's specification of the OTLP exporter.</summary>
    private static readonly string[] EndpointVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    public static void Add(WebApplicationBuilder builder)
    {
        var (usesOtlp, usesPrometheus) = (IsOtlpOn(builder.Configuration), IsPrometheusOn(builder.Configuration));
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
                metrics.AddMeter(LogServerMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                if (usesPrometheus)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        if (usesOtlp)
        {
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>True if Prometheus may ask. This is needed before the settings are bound.</summary>
    public static bool IsPrometheusOn(IConfiguration settings) =>
        bool.TryParse(
            settings[$"{LogServerOptions.Section}:{nameof(LogServerOptions.Telemetry)}:{nameof(TelemetryOptions.Prometheus)}"],
            out var isOn
        ) && isOn;

    private static bool IsOtlpOn(ConfigurationManager settings) =>
        !string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && EndpointVariables.Any(name => !string.IsNullOrEmpty(settings[name]));
}
