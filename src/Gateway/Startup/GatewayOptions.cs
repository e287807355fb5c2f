using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The settings under <c>Gateway</c>; each part is described where it is used.</summary>
internal sealed record GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>The backends by name; at least one.</summary>
    public Dictionary<string, BackendOptions> Backends { get; init; } = [];

    [ValidateObjectMembers]
    public UpstreamOptions Upstream { get; init; } = new();

    [ValidateObjectMembers]
    public SessionLimits Limits { get; init; } = new();

    [ValidateObjectMembers]
    public DrainOptions Drain { get; init; } = new();

    public Http2Options Http2 { get; init; } = new();

    [ValidateObjectMembers]
    public SecurityOptions Security { get; init; } = new();

    public ProxyOptions Proxies { get; init; } = new();

    /// <summary>The path that everything is under: socket, page, health and metrics; such as <c>/optimizer</c>. Default: none.</summary>
    public string PathBase { get; init; } = "";

    [ValidateObjectMembers]
    public FeedOptions Feeds { get; init; } = new();

    public TranslationOptions Translation { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    public ConsoleOptions Console { get; init; } = new();

    [ValidateObjectMembers]
    public InspectorOptions Inspector { get; init; } = new();

    public CompatibilityOptions Compatibility { get; init; } = new();
}
