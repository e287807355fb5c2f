using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Startup;

/// <summary><c>--check-config</c>: prints the effective settings with their sources, and everything that would stop the start.</summary>
internal static class ConfigCheck
{
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] args)
    {
        var settings = args.Where(argument => argument != ConfigReport.Option).ToArray();
        var faults = CommandLine.Faults(settings).Concat(Check(settings)).Distinct(StringComparer.Ordinal).ToList();
        return ConfigReport.ConcludeAsync("log server", "its ports are free and its log can be opened", faults);
    }

    private static IReadOnlyList<string> Check(string[] args)
    {
        try
        {
            IConfigurationRoot configuration = LogServerHost.CreateBuilder(args).Configuration;
            ConfigReport.PrintSettings(configuration, LogServerOptions.Section, typeof(LogServerOptions));
            var options = new LogServerOptions();
            new SettingsBinding<LogServerOptions>(configuration, LogServerOptions.Section).Configure(options);
            var checkedOptions = new LogServerValidation(configuration).Validate(name: null, options);
            Console.WriteLine($"Appends:  {options.HttpUrl}");
            Console.WriteLine($"WatchJob: {options.GrpcUrl}");
            Console.WriteLine($"Logs:     {Engine.Describe(options)}");
            Console.WriteLine($"Callers:  {CommandLine.Callers(options.Auth)}");
            Console.WriteLine();
            return checkedOptions.Failed ? [.. checkedOptions.Failures.Select(SecretText.Hide)] : CheckEngine(args);
        }
        catch (Exception fault)
        {
            return [CommandLine.FaultOf(fault)];
        }
    }

    private static IReadOnlyList<string> CheckEngine(string[] args)
    {
        try
        {
            // Nothing is opened before the start.
            _ = LogServerHost.Build(args, builder => builder.Logging.ClearProviders());
            return [];
        }
        catch (OptionsValidationException fault)
        {
            return [.. fault.Failures.Select(SecretText.Hide)];
        }
    }
}
