using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>
/// Finds the faults of settings that show without knowing what they mean: unknown names, texts that can't be read, values out of their
/// range. Each sentence names the setting by its full path.
/// </summary>
public static partial class SettingFaults
{
    /// <param name="configuration">All sources of settings.</param>
    /// <param name="section">The section of the options, such as <c>Gateway</c>.</param>
    /// <param name="options">The options' type.</param>
    /// <param name="ranges">The result of the validator that is generated from the options' attributes.</param>
    /// <param name="ignoresUnknown">True if the section may have names that the options don't have.</param>
    public static IEnumerable<string> In(
        IConfiguration configuration,
        string section,
        Type options,
        ValidateOptionsResult ranges,
        bool ignoresUnknown = false
    )
    {
        var settings = configuration.GetSection(section);
        return (ranges.Failures ?? [])
            .Select(fault => WithFullPath(fault, section, options.Name))
            .Concat(UnknownSettings.Beside(configuration, section))
            .Concat(ignoresUnknown ? [] : UnknownSettings.In(settings, options))
            .Concat(UnreadableSettings.In(settings, options).Values);
    }

    /// <summary>The generated messages name a setting by its property, such as <c>GatewayOptions.Limits.Connections</c>.</summary>
    private static string WithFullPath(string fault, string section, string options) =>
        PropertyPath()
            .Replace(
                fault[(fault.IndexOf(": ", StringComparison.Ordinal) + 2)..],
                match => match.Groups["type"].Value == options ? $"{section}:{match.Groups["path"].Value.Replace('.', ':')}" : match.Value
            );

    [GeneratedRegex(
        @"(?<type>\w+)\.(?<path>[\w.]*\w)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex PropertyPath();
}
