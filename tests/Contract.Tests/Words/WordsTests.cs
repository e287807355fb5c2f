using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Words;

/// <summary>Holds CONTRIBUTING.md's rules about words, as far as a program can check them.</summary>
public sealed partial class WordsTests
{
    private const int Columns = 120;

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

    [Fact]
    public void Prose_is_wrapped_at_120_columns() =>
        Assert.Empty(
            from path in Documents()
            from line in Prose(File.ReadLines(path))
            where line.Length > Columns && line.Contains(' ', StringComparison.Ordinal)
            select $"{Path.GetRelativePath(RepositoryRoot.Combine(), path)}: {line}"
        );

    [Fact]
    public void Tables_headings_and_code_are_not_prose() =>
        Assert.Equal(["text", "- item"], Prose(["# heading", "text", "```", "code", "```", "    code", "| cell |", "<p>", "- item"]));

    private static IEnumerable<string> Documents()
    {
        var folders = new[] { "docs", "deploy", "examples", "clients", "src", "tests" };
        return Directory
            .EnumerateFiles(RepositoryRoot.Combine(), "*.md")
            .Concat(
                folders.SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.Combine(folder), "*.md", SearchOption.AllDirectories))
            )
            .Where(path => !Generated().IsMatch(path));
    }

    private static IEnumerable<string> Prose(IEnumerable<string> lines)
    {
        var isCode = false;
        foreach (var line in lines)
        {
            isCode ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!isCode && !NotProse().IsMatch(line))
            {
                yield return line;
            }
        }
    }

    [GeneratedRegex(
        "/(node_modules|bin|obj|dist|artifacts|generated|[.]venv|vendor)/",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Generated();

    /// <summary>Code by its indentation, fences, tables, headings, markup, the addresses of links, and a command that has the line to itself.</summary>
    [GeneratedRegex(
        """^(    |\s*(```|[|#<]|\[!?\[|\[[^\]]+\]: |`[^`]*`\W*$))""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex NotProse();

    [GeneratedRegex(
        """<(summary|returns|param name="\w+")>\s*(///\s*)?(What|How|Whether|Where|Who|Whoever|When|Which|Why|Whatever)\b[^\n]*""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex QuestionWord();
}
