using System.Text.RegularExpressions;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>Which job ids a backend has: text in which <c>*</c> stands for any characters, also none.</summary>
internal sealed class JobPattern
{
    /// <summary>Null where there is nothing to match but the text itself: a token may list hundreds of ids.</summary>
    private readonly Regex? regex;

    public JobPattern(string pattern)
    {
        Text = pattern;
        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            return;
        }

        // Non-backtracking: a job id comes from a stranger, and a pattern with many stars must not make it expensive.
        regex = new Regex(
            "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
            RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant,
            Regex.InfiniteMatchTimeout
        );
    }

    public string Text { get; }

    /// <summary>How exact it is: the number of characters that aren't a star. The most exact pattern that matches wins.</summary>
    public int Exactness => Text.Count(c => c != '*');

    /// <summary>Splits a setting such as <c>dspy-*, opt-*</c>.</summary>
    public static IReadOnlyList<JobPattern> ParseList(string patterns) =>
        [
            .. patterns
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(pattern => new JobPattern(pattern)),
        ];

    public bool Matches(string jobId) => regex?.IsMatch(jobId) ?? string.Equals(Text, jobId, StringComparison.Ordinal);
}
