using Microsoft.Extensions.Logging;
using OptimizationGateway.Gateway.Startup;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// A start that fails, inside this process: the same steps as the program's, without the half second that a process takes to start.
/// What the program makes of the fault has tests of its own in <see cref="SettingsTests" />.
/// </summary>
internal static class RefusedStart
{
    /// <param name="args">The command line.</param>
    /// <returns>What the program would print; it fails if the gateway starts.</returns>
    public static async Task<string> FaultAsync(params string[] args)
    {
        var unknown = string.Join(' ', GatewayArguments.Faults(args));
        return unknown.Length > 0 ? unknown : GatewayFault.Of(await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(args)));
    }

    private static async Task StartAsync(string[] args)
    {
        await using var app = GatewayHost.Build(args, builder => builder.Logging.ClearProviders());
        await app.StartAsync(TestContext.Current.CancellationToken);
    }
}
