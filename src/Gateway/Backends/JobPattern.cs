namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Which job ids a backend has, or a caller may watch: text in which <c>*</c> stands for any characters, also none. By hand, since a regular
/// expression costs a hundred KB, each connection has patterns of its own, and both they and the ids come from elsewhere.
/// </summary>
internal sealed class JobPattern(string pattern)
{
    public string Text { get; } = pattern;

    /// <summary>How exact it is: the number of characters that aren't a star. The most exact pattern that matches wins.</summary>
    public int Exactness => Text.Count(c => c != '*');

    /// <summary>Splits a setting such as <c>dspy-*, opt-*</c>.</summary>
    public static IReadOnlyList<JobPattern> ParseList(string patterns) =>
        [
            .. patterns
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(pattern => new JobPattern(pattern)),
        ];

    /// <summary>
    /// Where it doesn't go on, the last star takes one character more; those before it never need to, since it can take whatever they could.
    /// So the steps are at most the product of both lengths, whatever the pattern.
    /// </summary>
    public bool Matches(string jobId)
    {
        var (at, inId) = (0, 0);
        var (star, starTakesTo) = (-1, 0);
        while (inId < jobId.Length)
        {
            if (at < Text.Length && Text[at] == '*')
            {
                (star, starTakesTo) = (at++, inId);
            }
            else if (at < Text.Length && Text[at] == jobId[inId])
            {
                at++;
                inId++;
            }
            else if (star >= 0)
            {
                (at, inId) = (star + 1, ++starTakesTo);
            }
            else
            {
                return false;
            }
        }

        return Text.AsSpan(at).TrimStart('*').IsEmpty;
    }
}
