using OptimizationGateway.Hosting.Startup;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The arguments that the gateway's command line may have.</summary>
public static class GatewayArguments
{
    internal static readonly UnknownArguments Unknown = new(
        GatewayOptions.Section,
        typeof(GatewayOptions),
        [
            "Urls",
            "http_ports",
            "https_ports",
            "Environment",
            "ContentRoot",
            "ApplicationName",
            "WebRoot",
            "Kestrel",
            "Logging",
            "AllowedHosts",
            "PreferHostingUrls",
            "ShutdownTimeoutSeconds",
            "HostBuilder",
        ]
    );

    /// <inheritdoc cref="UnknownArguments.In"/>
    public static IEnumerable<string> Faults(string[] args, params string[] alsoKnown) => Unknown.In(args, alsoKnown);
}
