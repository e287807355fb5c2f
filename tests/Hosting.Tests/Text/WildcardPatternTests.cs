using System.Text.RegularExpressions;
using CsCheck;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Hosting.Tests.Text;

public sealed class WildcardPatternTests
{
    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("dspy-*", "dspy-1", true)]
    [InlineData("dspy-*", "dspy-", true)]
    [InlineData("dspy-*", "dsp-1", false)]
    [InlineData("*-1", "a-1-1", true)]
    [InlineData("a*b*c", "a--b--c", true)]
    [InlineData("a*b*c", "a--c--b", false)]
    [InlineData("a**b", "ab", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("job.1", "job-1", false)]
    [InlineData("Job-1", "job-1", false)]
    [InlineData("Job-*", "job-1", false)]
    [InlineData("*é", "e\u0301", false)]
    [InlineData("line*", "line\nbreak", true)]
    [InlineData("a*b", "ab\n", false)]
    public void It_matches_with_stars_and_nothing_else(string pattern, string jobId, bool matches) =>
        Assert.Equal(matches, new WildcardPattern(pattern).Matches(jobId));

    [Fact]
    public void It_means_what_a_regular_expression_of_it_would()
    {
        // Few letters, so that about as many match as don't.
        var text = Gen.Char["ab\n\ud83d"].Array[0, 8].Select(letters => new string(letters));
        var pattern = Gen.Char["ab**\n\ud83d"].Array[0, 8].Select(letters => new string(letters));
        Gen.Select(pattern, text)
            .Sample(
                (pattern, text) => new WildcardPattern(pattern).Matches(text) == Meaning(pattern).IsMatch(text),
                iter: 20_000,
                print: drawn => $"pattern '{drawn.Item1}', text '{drawn.Item2}'"
            );
    }

    /// <summary>A token may bring thousands, and each connection holds its own.</summary>
    [Fact]
    public void It_costs_no_memory_beside_its_text()
    {
        var texts = Enumerable.Range(0, 1_000).Select(i => $"team-{i}-*").ToArray();
        new WildcardPattern(texts[0]).Matches("team-1-a");
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var text in texts)
        {
            new WildcardPattern(text).Matches("team-999-a");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * texts.Length);
    }

    [Fact]
    public void Many_stars_over_a_text_that_almost_matches_take_no_time()
    {
        var pattern = new WildcardPattern(string.Concat(Enumerable.Repeat("*a", 5_000)) + "*b");
        Assert.False(pattern.Matches(new string('a', 10_000)));
    }

    private static Regex Meaning(string pattern) =>
        new(
            @"\A" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + @"\z",
            RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant,
            Regex.InfiniteMatchTimeout
        );
}
