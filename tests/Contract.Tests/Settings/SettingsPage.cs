using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Settings;

/// <summary>
/// The settings that docs/settings.md lists: the rows of each table whose first column is <c>setting</c>, below a heading such as
/// <c>### `Gateway:Limits`</c>, to which the names in the rows are relative.
/// </summary>
internal static partial class SettingsPage
{
    public const string Name = "docs/settings.md";

    public static IReadOnlyList<SettingRow> Rows { get; } = [.. Read(File.ReadLines(RepositoryRoot.Combine("docs", "settings.md")))];

    private static IEnumerable<SettingRow> Read(IEnumerable<string> lines)
    {
        var section = "";
        string[]? columns = null;
        foreach (var line in lines)
        {
            if (!line.StartsWith('|'))
            {
                columns = null;
                section = Heading().Match(line) is { Success: true } heading ? heading.Groups["path"].Value : section;
                section = line.StartsWith('#') && !Heading().IsMatch(line) ? "" : section;
                continue;
            }

            var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (columns is null)
            {
                columns = cells;
            }
            else if (columns[0] == "setting" && section.Length > 0 && !cells[0].StartsWith("---", StringComparison.Ordinal))
            {
                var name = cells[0].Trim('`');
                yield return new SettingRow(
                    name.StartsWith("Gateway:", StringComparison.Ordinal) ? name : $"{section}:{name}",
                    columns.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)
                );
            }
        }
    }

    [GeneratedRegex(
        "^#+ `(?<path>Gateway[^`]*)`$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Heading();
}
