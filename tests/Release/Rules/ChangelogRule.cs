using System.Globalization;
using System.Text.RegularExpressions;

namespace OptimizationGateway.Release.Rules;

/// <summary>The changelog has a dated section of this version at its top, and nothing that is unreleased.</summary>
internal static partial class ChangelogRule
{
    private const string Page = "CHANGELOG.md";

    public static IEnumerable<Finding> Check(Sources sources)
    {
        var version = sources.Version;
        var sections = Section()
            .Matches(sources.Read(Page))
            .Select(match => (Name: match.Groups["name"].Value, Date: match.Groups["date"].Value, Text: match.Groups["text"].Value.Trim()))
            .ToList();
        var dated = $"`## [{version}] - {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}`";
        foreach (var unreleased in sections.Where(section => section.Name == "Unreleased" && section.Text.Length > 0))
        {
            yield return new Finding(
                Page,
                $"The section [Unreleased] isn't empty ({unreleased.Text.Split('\n').Length} lines): move what it lists under the heading {dated}."
            );
        }

        var released = sections.Find(section => section.Name != "Unreleased");
        if (released.Name != version)
        {
            yield return new Finding(
                Page,
                $"The newest released section is {released.Name ?? "missing"}: add one with the heading {dated}."
            );
        }
        else if (!DateOnly.TryParseExact(released.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            yield return new Finding(Page, $"The section of {version} has no date: its heading should be {dated}.");
        }
        else if (released.Text.Length == 0)
        {
            yield return new Finding(Page, $"The section of {version} is empty: say what has changed for whom.");
        }
    }

    [GeneratedRegex(
        @"^## \[(?<name>[^\]]+)\](?: - (?<date>.*))?$(?<text>(?s:.*?))(?=^## |\z)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Section();
}
