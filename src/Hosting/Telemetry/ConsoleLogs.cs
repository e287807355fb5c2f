using Microsoft.Extensions.Logging.Console;

namespace OptimizationGateway.Hosting.Telemetry;

/// <summary>Configures the console log: lines for people, JSON for machines.</summary>
public static class ConsoleLogs
{
    /// <summary>.NET's own setting: <c>simple</c> or <c>json</c>. Default: <c>json</c> in a container, <c>simple</c> elsewhere.</summary>
    private const string FormatSetting = "Logging:Console:FormatterName";

    /// <summary>Set in .NET's container images.</summary>
    private const string ContainerVariable = "DOTNET_RUNNING_IN_CONTAINER";

    public static void Add(WebApplicationBuilder builder)
    {
        var isInContainer = string.Equals(builder.Configuration[ContainerVariable], "true", StringComparison.OrdinalIgnoreCase);
        var format = builder.Configuration[FormatSetting] ?? (isInContainer ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple);
        if (string.Equals(format, ConsoleFormatterNames.Json, StringComparison.OrdinalIgnoreCase))
        {
            builder.Logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName);
            builder.Logging.AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }
        else
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }

        AddFilters(builder.Logging);
    }

    private static void AddFilters(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // A program logs the reason of a failed start in one line; .NET's host would add a stack.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        // The gateway logs a backend's outage once; the client library would log an error for each stream. While any of its levels is on, it
        // also opens a scope for each message: a tenth of what an event costs.
        logging.AddFilter("Grpc", LogLevel.None);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);

        // Not to be ready while it drains is no error, however often a balancer asks.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
    }
}
