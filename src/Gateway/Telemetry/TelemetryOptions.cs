namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The settings under <c>Gateway:Telemetry</c>. OTLP has none here: the standard variables <c>OTEL_…</c> configure it.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>True if <c>/metrics</c> answers Prometheus, to everyone who can reach the gateway. Default: false.</summary>
    public bool Prometheus { get; init; }
}
