namespace OptimizationGateway.Hosting.Text;

/// <summary>
/// Matches text against a pattern in which <c>*</c> stands for any characters, or none. Hand-written, since a regular expression costs
/// a hundred KB, each connection can have patterns of its own, and both patterns and texts come from outside.
/// </summary>
public sealed class WildcardPattern(string pattern)
{
    public string Text { get; } = pattern;

    /// <summary>The number of characters that aren't a star. Of several patterns that match, the one with the most wins.</summary>
    public int Exactness => Text.Count(c => c != '*');

    /// <summary>Splits a setting such as <c>dspy-*, opt-*</c>.</summary>
    public static IReadOnlyList<WildcardPattern> ParseList(string patterns) =>
        [.. CommaList.Split(patterns).Select(pattern => new WildcardPattern(pattern))];

    /// <summary>
    /// Returns true if the text matches. On a mismatch the last star takes one character more; the stars before it never need to. So
    /// the number of steps is at most the product of both lengths.
    /// </summary>
    public bool Matches(string text)
    {
        var (at, inId) = (0, 0);
        var (star, starTakesTo) = (-1, 0);
        while (inId < text.Length)
        {
            if (at < Text.Length && Text[at] == '*')
            {
                (star, starTakesTo) = (at++, inId);
            }
            else if (at < Text.Length && Text[at] == text[inId])
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
