using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OptimizationGateway.Hosting.Telemetry;

/// <summary>
/// Exports metrics, and what else a program has: by OTLP if one of the standard variables names a collector, and to Prometheus if the
/// settings say so. Without either, no part of OpenTelemetry runs.
/// </summary>
public sealed record Exporters
{
    /// <summary>The path that Prometheus asks.</summary>
    public const string PrometheusPath = "/metrics";

    /// <summary>The program's name in telemetry, unless <c>OTEL_SERVICE_NAME</c> gives it another one.</summary>
    public required string ServiceName { get; init; }

    /// <summary>The program's own meter.</summary>
    public required string MeterName { get; init; }

    /// <summary>The variables that name a collector of what the program exports: OpenTelemetry's specification of the OTLP exporter.</summary>
    public required IReadOnlyList<string> EndpointVariables { get; init; }

    /// <summary>Adds views of the program's metrics.</summary>
    public Action<MeterProviderBuilder> Metrics { get; init; } = static _ => { };

    /// <summary>Adds what goes to a collector beside the metrics.</summary>
    public Action<OpenTelemetryBuilder> MoreByOtlp { get; init; } = static _ => { };

    /// <summary>True if Prometheus may ask: the setting <c>Telemetry:Prometheus</c> of a section. This is needed before settings are bound.</summary>
    public static bool IsPrometheusOn(IConfiguration settings, string section) =>
        bool.TryParse(settings[$"{section}:Telemetry:Prometheus"], out var isOn) && isOn;

    /// <summary>Adds the exporters.</summary>
    /// <param name="builder">The program's builder.</param>
    /// <param name="usesPrometheus">True if Prometheus may ask.</param>
    public void AddTo(WebApplicationBuilder builder, bool usesPrometheus)
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
                metrics.AddMeter(MeterName, "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                Metrics(metrics);
                if (usesPrometheus)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        if (usesOtlp)
        {
            MoreByOtlp(telemetry);
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>Adds the path that Prometheus asks.</summary>
    public static void MapPrometheus(WebApplication app) => app.MapPrometheusScrapingEndpoint(PrometheusPath);

    /// <summary>True if one of the variables names a collector.</summary>
    public bool IsOtlpOn(IConfiguration settings) =>
        !string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && EndpointVariables.Any(name => !string.IsNullOrEmpty(settings[name]));
}
