using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The effective settings in a few lines, for people.</summary>
internal static class SettingsSummary
{
    public static string Callers(GatewayOptions options) =>
        options.Security.Jwt.IsOn ? $"Callers are asked for a token of {options.Security.Jwt.Issuer} for {options.Security.Jwt.Audience}."
        : options.Security.AllowAnonymous ? "Everyone who can reach these addresses may watch every job (Gateway:Security:AllowAnonymous)."
        : "Nobody is asked who they are, so it may listen on loopback addresses only (tokens: docs/security.md).";

    public static IEnumerable<string> Backends(GatewayOptions options) =>
        options.Backends.Select(backend =>
            $"{backend.Key} at {SecretText.Hide(backend.Value.Address.Length > 0 ? backend.Value.Address : backend.Value.Addresses)} "
            + $"for jobs {backend.Value.JobIds}"
        );

    /// <summary>The optional features: each with its value, or null if it is off.</summary>
    public static IEnumerable<(string Name, string? Detail)> Features(GatewayOptions options, IConfiguration configuration) =>
        [
            ("tokens", options.Security.Jwt.IsOn ? options.Security.Jwt.Issuer : null),
            ("pages of other origins", Set(options.Security.AllowedOrigins)),
            ("other host names", Set(options.Security.AllowedHosts)),
            ("proxies that are believed", Set(options.Proxies.Known)),
            ("path base", Set(options.PathBase)),
            ("jobs API for the page", Set(SecretText.Hide(options.Console.JobsApiUrl))),
            ("error stacks of jobs", options.Translation.IncludeErrorStack ? "for every browser to see" : null),
            ("inspector", Set(options.Inspector.Url)),
            ("Prometheus", options.Telemetry.Prometheus ? options.PathBase + Exporters.PrometheusPath : null),
            ("OTLP", GatewayExporters.IsOtlpOn(configuration) ? "as OTEL_… says" : null),
        ];

    private static string? Set(string value) => value.Length > 0 ? value : null;
}
