using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary><c>--check-config</c>: prints the effective settings with their sources, and everything that would stop the start.</summary>
internal static class ConfigCheck
{
    public const string Option = "--check-config";

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, BuildGateway build)
    {
        var dryRun = await DryRun.RunAsync([.. args.Where(argument => argument != Option)], build);
        if (dryRun.Configuration is { } configuration)
        {
            PrintSettings(configuration);
            PrintSummary(dryRun, configuration);
        }

        var faults = UnknownArguments.In(args, Option).Concat(dryRun.Faults).Distinct().ToList();
        if (faults.Count == 0)
        {
            Console.WriteLine("The gateway would start. Whether its ports are free and its backends answer is seen then.");
            return 0;
        }

        await Console.Error.WriteLineAsync($"The gateway wouldn't start ({faults.Count} {(faults.Count == 1 ? "fault" : "faults")}):");
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync($"  {fault}");
        }

        await Console.Error.WriteLineAsync("Run with --help for the settings.");
        return 1;
    }

    private static void PrintSettings(IConfigurationRoot configuration)
    {
        var settings = EffectiveSetting.In(configuration, GatewayOptions.Section, typeof(GatewayOptions)).ToList();
        var (paths, texts) = (settings.Max(setting => setting.Path.Length), Math.Min(40, settings.Max(setting => setting.Text.Length)));
        foreach (var setting in settings)
        {
            Console.WriteLine($"{setting.Path.PadRight(paths)}  {setting.Text.PadRight(texts)}  {setting.Source}");
        }

        Console.WriteLine();
    }

    private static void PrintSummary(DryRun dryRun, IConfiguration configuration)
    {
        var features = SettingsSummary.Features(dryRun.Options, configuration).ToList();
        var on = features.Where(feature => feature.Detail is not null).Select(feature => $"{feature.Name} ({feature.Detail})").ToList();
        var off = features.Where(feature => feature.Detail is null).Select(feature => feature.Name).ToList();
        PrintList("Listens:", dryRun.Urls.Select(url => dryRun.IsRefused(url) ? $"{url} (refused: see below)" : url));
        PrintList("Callers:", [SettingsSummary.Callers(dryRun.Options)]);
        PrintList("Backends:", SettingsSummary.Backends(dryRun.Options));
        PrintList("Memory:", MemoryBounds.Lines(dryRun.Options.Limits, dryRun.Options.Upstream));
        PrintList("On:", on);
        PrintList("Off:", off.Count > 0 ? [string.Join(", ", off)] : []);
        PrintList("Warning:", SettingsWarnings.In(dryRun.Options, configuration));
        Console.WriteLine();
    }

    private static void PrintList(string title, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.WriteLine($"{title, -10}{line}");
            title = "";
        }
    }
}
