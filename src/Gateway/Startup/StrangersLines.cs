using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>
/// The lines of the log that anyone who reaches the gateway can cause, and how many of each event and code a minute may have.
/// docs/operations.md has them too.
/// </summary>
internal static class StrangersLines
{
    private static readonly LogRule[] Rules =
    [
        // The server's own: for HTTP/2 it logs critical lines that any client can cause.
        new("Microsoft.AspNetCore.", LogLevel.Warning, PerMinute: 1),
        new(typeof(RefusalLog).FullName!, LogLevel.Information, PerMinute: 1, "Code"),
        new(typeof(WaitingConnections).FullName!, LogLevel.Information, PerMinute: 1, "Code"),
        new(typeof(WrongKeys).FullName!, LogLevel.Information, PerMinute: 10),
        // One line for each connection's life, up to a number that a person can read.
        new(typeof(Session).FullName!, LogLevel.Information, PerMinute: 100, "Reason"),
    ];

    public static void Limit(IServiceCollection services) => LimitedLoggers.Add(services, Rules);
}
