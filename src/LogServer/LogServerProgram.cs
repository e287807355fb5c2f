using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.JobLogs.Postgres;
using OptimizationGateway.LogServer.Startup;

namespace OptimizationGateway.LogServer;

/// <summary>The command line: help, version, and a start that either works or says what to change.</summary>
internal static class LogServerProgram
{
    private const string PrintSchema = "--print-schema";

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Any(argument => argument is "--help" or "-h"))
        {
            Console.WriteLine(CommandLine.Help);
            return 0;
        }

        if (args.Contains("--version", StringComparer.Ordinal))
        {
            Console.WriteLine(BuildVersion.Version);
            return 0;
        }

        if (args.Contains(ConfigReport.Option, StringComparer.Ordinal))
        {
            return await ConfigCheck.RunAsync(args);
        }

        if (args.Contains(PrintSchema, StringComparer.Ordinal))
        {
            var settings = LogServerHost.CreateBuilder([.. args.Where(argument => argument != PrintSchema)]).Configuration;
            Console.WriteLine(PostgresSchema.Script(settings["LogServer:Postgres:Schema"] ?? PostgresSchema.UsualName));
            return 0;
        }

        using var hurry = new SecondSignal();
        var hasStarted = false;
        try
        {
            if (args is [HealthProbe.Option, .. var rest])
            {
                return await new HealthProbe("log server", "http://127.0.0.1:5010", CommandLine.OwnUrl).RunAsync(rest);
            }

            var faults = CommandLine.Faults(args).ToList();
            if (faults.Count > 0)
            {
                throw new StartRefusedException(string.Join(' ', faults));
            }

            await using var app = LogServerHost.Build(args);
            ServiceManager.Follow(app.Lifetime);
            await app.StartAsync();
            hasStarted = true;
            Console.WriteLine(CommandLine.Welcome(app));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (!hasStarted)
        {
            // Nearly always a setting's fault: what to change, without a stack.
            await Console.Error.WriteLineAsync($"The log server doesn't start: {CommandLine.FaultOf(e)}");
            await Console.Error.WriteLineAsync("Run with --help for the settings.");
            return 1;
        }
    }
}
