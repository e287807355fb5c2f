using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Words;

/// <summary>Holds CONTRIBUTING.md's rules about words, as far as a program can check them.</summary>
public sealed partial class WordsTests
{
    [Fact]
    public void No_summary_in_src_begins_with_a_question_word() =>
        Assert.Empty(
            from path in Directory.EnumerateFiles(RepositoryRoot.Combine("src"), "*.cs", SearchOption.AllDirectories)
            where !path.Contains("/obj/", StringComparison.Ordinal)
            from match in QuestionWord().Matches(File.ReadAllText(path))
            select $"{Path.GetFileName(path)}: {match.Value}"
        );

    [Theory]
    [InlineData("/// <summary>Whether it ends.</summary>", true)]
    [InlineData("/// <summary>\n    /// What it is.", true)]
    [InlineData("/// <param name=\"x\">How many.</param>", true)]
    [InlineData("/// <returns>Why not; null if it can.</returns>", true)]
    [InlineData("/// <summary>True if it ends.</summary>", false)]
    [InlineData("/// <summary>Whatsit's owner.</summary>", false)]
    public void The_check_sees_question_words(string text, bool isSeen) => Assert.Equal(isSeen, QuestionWord().IsMatch(text));

    [GeneratedRegex(
        """<(summary|returns|param name="\w+")>\s*(///\s*)?(What|How|Whether|Where|Who|Whoever|When|Which|Why|Whatever)\b[^\n]*""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex QuestionWord();
}
