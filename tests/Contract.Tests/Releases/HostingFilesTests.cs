using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Releases;

/// <summary>The files that a hosting site reads: no test of ours runs them, so the rules about them are checked here.</summary>
public sealed partial class HostingFilesTests
{
    private static readonly string Workflow = Read(".github", "workflows", "ci.yml");

    [Fact]
    public void The_workflow_runs_the_whole_check_with_a_deadline_and_may_only_read()
    {
        Assert.Contains("        run: .ci/run\n", Workflow, StringComparison.Ordinal);
        Assert.Contains("    timeout-minutes: 90\n", Workflow, StringComparison.Ordinal);
        Assert.Contains("\npermissions:\n  contents: read\n\n", Workflow, StringComparison.Ordinal);
        Assert.DoesNotContain("write", Workflow, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets.", Workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_are_pinned_to_a_major_version()
    {
        var actions = Action().Matches(Workflow).Select(match => match.Groups["action"].Value).ToList();
        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(@"^actions/[\w-]+@v\d+$", action));
    }

    [Fact]
    public void Dependabot_looks_after_every_kind_of_package()
    {
        var kinds = Ecosystem().Matches(Read(".github", "dependabot.yml")).Select(match => match.Groups["kind"].Value);
        Assert.Equal(["nuget", "npm", "github-actions"], kinds);
    }

    [Fact]
    public void Vulnerabilities_are_reported_privately_and_the_documents_say_so()
    {
        Assert.Contains("Report a vulnerability", Read("SECURITY.md"), StringComparison.Ordinal);
        Assert.Contains("SECURITY.md", Read("README.md"), StringComparison.Ordinal);
        Assert.Contains("SECURITY.md", Read(".github", "ISSUE_TEMPLATE", "bug.yml"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_packed_by_hand_is_not_committed() =>
        Assert.All(["*.tgz", "*.nupkg"], pattern => Assert.Contains($"\n{pattern}\n", Read(".gitignore"), StringComparison.Ordinal));

    /// <summary>Its first code block is all that a newcomer types.</summary>
    [Fact]
    public void The_readmes_first_commands_are_make_run_and_make_test()
    {
        var block = CodeBlock().Match(Read("README.md")).Value;
        Assert.Equal(["make run", "make test"], block.Trim('\n').Split('\n').Select(line => line.Split('#')[0].Trim()));
    }

    private static string Read(params string[] path) => File.ReadAllText(RepositoryRoot.Combine(path)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"uses: (?<action>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Action();

    [GeneratedRegex(@"package-ecosystem: (?<kind>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ecosystem();

    [GeneratedRegex(@"(?<=\n\n)(    .*\n)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBlock();
}
