using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>Finds what doesn't stop the start, but isn't what the settings ask for.</summary>
internal sealed partial class SettingsWarnings
{
    /// <returns>A text for each.</returns>
    public static IEnumerable<string> In(GatewayOptions options, IConfiguration configuration)
    {
        if (options.Compatibility.IgnoreUnknown)
        {
            foreach (var unknown in UnknownSettings.In(configuration.GetSection(GatewayOptions.Section), typeof(GatewayOptions)))
            {
                yield return $"Ignored (Gateway:Compatibility:IgnoreUnknown): {unknown}";
            }
        }

        if (Descriptors.OfThisProcess().WhyTooFewFor(options.Limits.Connections) is { } tooFew)
        {
            yield return tooFew;
        }

        foreach (var warning in MemoryBounds.Warnings(options.Limits))
        {
            yield return warning;
        }
    }

    public static void Log(WebApplication app, GatewayOptions options)
    {
        var logger = app.Services.GetRequiredService<ILogger<SettingsWarnings>>();
        foreach (var warning in In(options, app.Configuration))
        {
            Warn(logger, warning);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void Warn(ILogger logger, string warning);
}
