using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>docs/reliability.md names a test for each fault, docs/security.md for each threat: each must be there.</summary>
public sealed partial class TestsInDocsTests
{
    [Theory]
    [InlineData("reliability.md", 50)]
    [InlineData("security.md", 50)]
    public async Task Every_test_that_the_page_names_exists(string file, int atLeast)
    {
        var page = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", file), TestContext.Current.CancellationToken);
        var sources = Directory
            .EnumerateFiles(RepositoryRoot.Combine("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => string.Concat(same.Select(File.ReadAllText)), StringComparer.Ordinal);

        var named = TestName()
            .Matches(page)
            .Select(match => (Class: match.Groups["class"].Value, Test: match.Groups["test"].Value))
            .ToList();

        Assert.InRange(named.Count, atLeast, int.MaxValue);
        Assert.All(
            named,
            name =>
                Assert.Contains(
                    $" {name.Test}(",
                    sources.GetValueOrDefault(name.Class, $"no file {name.Class}.cs"),
                    StringComparison.Ordinal
                )
        );
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<test>\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();
}
