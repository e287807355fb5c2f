using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The gateway's exporters of metrics, traces and logs.</summary>
internal static class GatewayExporters
{
    /// <summary>The most series of one metric unless there are many backends; OpenTelemetry's own default.</summary>
    private const int Series = 2000;

    /// <summary>More than there are causes that break a stream: each backend has a series for each.</summary>
    private const int SeriesPerBackend = 20;

    /// <param name="backends">The number of backends.</param>
    public static Exporters Of(int backends) =>
        new()
        {
            ServiceName = "optimization-gateway",
            MeterName = GatewayMetrics.MeterName,
            EndpointVariables =
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
            ],
            Metrics = metrics =>
                metrics.AddView(
                    "gateway.upstream.*",
                    new MetricStreamConfiguration { CardinalityLimit = Math.Max(Series, backends * SeriesPerBackend) }
                ),
            MoreByOtlp = telemetry =>
                telemetry.WithTracing(tracing => tracing.AddSource(GatewayMetrics.MeterName).AddAspNetCoreInstrumentation()).WithLogging(),
        };

    /// <summary>True if one of the standard variables names a collector.</summary>
    public static bool IsOtlpOn(IConfiguration settings) => Of(backends: 0).IsOtlpOn(settings);
}
