using OptimizationGateway.Hosting.Startup;

namespace OptimizationGateway.Gateway.Startup;

/// <summary><c>--check-config</c>: prints the effective settings with their sources, and everything that would stop the start.</summary>
internal static class ConfigCheck
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, BuildGateway build)
    {
        var dryRun = await DryRun.RunAsync([.. args.Where(argument => argument != ConfigReport.Option)], build);
        if (dryRun.Configuration is { } configuration)
        {
            ConfigReport.PrintSettings(configuration, GatewayOptions.Section, typeof(GatewayOptions));
            PrintSummary(dryRun, configuration);
        }

        var faults = GatewayArguments.Faults(args, ConfigReport.Option).Concat(dryRun.Faults).Distinct().ToList();
        return await ConfigReport.ConcludeAsync("gateway", "its ports are free and its backends answer", faults);
    }

    private static void PrintSummary(DryRun dryRun, IConfiguration configuration)
    {
        var features = SettingsSummary.Features(dryRun.Options, configuration).ToList();
        var on = features.Where(feature => feature.Detail is not null).Select(feature => $"{feature.Name} ({feature.Detail})").ToList();
        var off = features.Where(feature => feature.Detail is null).Select(feature => feature.Name).ToList();
        PrintList("Listens:", dryRun.Urls.Select(url => dryRun.IsRefused(url) ? $"{url} (refused: see below)" : url));
        PrintList("Callers:", [SettingsSummary.Callers(dryRun.Options)]);
        PrintList("Backends:", SettingsSummary.Backends(dryRun.Options));
        PrintList("Memory:", MemoryBounds.Lines(dryRun.Options.Limits));
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
