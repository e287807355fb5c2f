using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Hosting.Startup;

/// <summary>
/// The lines of <c>--check-config</c> that all programs have: the effective settings with their sources, and everything that would stop the
/// start.
/// </summary>
public static class ConfigReport
{
    /// <summary>The option of the command line.</summary>
    public const string Option = "--check-config";

    /// <summary>Prints the settings, each with its value and source, and an empty line.</summary>
    /// <param name="configuration">All sources of settings.</param>
    /// <param name="section">The section of the options, such as <c>Gateway</c>.</param>
    /// <param name="options">The options' type.</param>
    public static void PrintSettings(IConfigurationRoot configuration, string section, Type options)
    {
        var settings = EffectiveSetting.In(configuration, section, options).ToList();
        var (paths, texts) = (settings.Max(setting => setting.Path.Length), Math.Min(40, settings.Max(setting => setting.Text.Length)));
        foreach (var setting in settings)
        {
            Console.WriteLine($"{setting.Path.PadRight(paths)}  {setting.Text.PadRight(texts)}  {setting.Source}");
        }

        Console.WriteLine();
    }

    /// <summary>Prints the faults, or that the program would start.</summary>
    /// <param name="program">The program's name in texts, such as <c>gateway</c>.</param>
    /// <param name="seenThen">The condition that only the start shows, such as <c>its ports are free</c>.</param>
    /// <param name="faults">A sentence for each fault.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ConcludeAsync(string program, string seenThen, IReadOnlyCollection<string> faults)
    {
        if (faults.Count == 0)
        {
            Console.WriteLine($"The {program} would start. Whether {seenThen} is seen then.");
            return 0;
        }

        await Console.Error.WriteLineAsync($"The {program} wouldn't start ({faults.Count} {(faults.Count == 1 ? "fault" : "faults")}):");
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync($"  {fault}");
        }

        await Console.Error.WriteLineAsync("Run with --help for the settings.");
        return 1;
    }
}
