using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>docs/reliability.md names a test for each fault: each must be there.</summary>
public sealed partial class ReliabilityPageTests
{
    [Fact]
    public async Task Every_test_that_the_page_names_exists()
    {
        var page = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "reliability.md"), TestContext.Current.CancellationToken);
        var sources = Directory
            .EnumerateFiles(RepositoryRoot.Combine("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => string.Concat(same.Select(File.ReadAllText)), StringComparer.Ordinal);

        var named = TestName()
            .Matches(page)
            .Select(match => (Class: match.Groups["class"].Value, Test: match.Groups["test"].Value))
            .ToList();

        Assert.InRange(named.Count, 50, int.MaxValue);
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
