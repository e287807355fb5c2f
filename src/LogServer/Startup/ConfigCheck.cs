using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Startup;

/// <summary><c>--check-config</c>: prints the effective settings with their sources, and everything that would stop the start.</summary>
internal static class ConfigCheck
{
    public const string Option = "--check-config";

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var faults = CommandLine.Faults(args).Concat(Check(args)).Distinct(StringComparer.Ordinal).ToList();
        if (faults.Count == 0)
        {
            Console.WriteLine("The log server would start. Whether its ports are free and its log can be opened is seen then.");
            return 0;
        }

        await Console.Error.WriteLineAsync($"The log server wouldn't start ({faults.Count} {(faults.Count == 1 ? "fault" : "faults")}):");
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync($"  {fault}");
        }

        await Console.Error.WriteLineAsync("Run with --help for the settings.");
        return 1;
    }

    private static IReadOnlyList<string> Check(string[] args)
    {
        try
        {
            IConfigurationRoot configuration = LogServerHost.CreateBuilder(args).Configuration;
            Print(configuration);
            var options = new LogServerOptions();
            new LogServerBinding(configuration).Configure(options);
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

    private static void Print(IConfigurationRoot configuration)
    {
        var settings = EffectiveSetting.In(configuration, LogServerOptions.Section, typeof(LogServerOptions)).ToList();
        var (paths, texts) = (settings.Max(setting => setting.Path.Length), Math.Min(40, settings.Max(setting => setting.Text.Length)));
        foreach (var setting in settings)
        {
            Console.WriteLine($"{setting.Path.PadRight(paths)}  {setting.Text.PadRight(texts)}  {setting.Source}");
        }

        Console.WriteLine();
    }
}
