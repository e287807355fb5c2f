namespace OptimizationGateway.Release;

/// <summary>What people read: a line for each subject, one for each finding, and at the end whether it can be tagged and what to type next.</summary>
internal static class Verdict
{
    public static string Text(string version, IReadOnlyList<(string Subject, IReadOnlyList<Finding> Findings)> results)
    {
        var lines = results.SelectMany(result =>
            result
                .Findings.Select(finding => $"    {finding.File}: {finding.Problem}")
                .Prepend($"{(result.Findings.Count == 0 ? "ok " : "NOT")} {result.Subject}")
        );
        return string.Join('\n', lines) + "\n\n" + Last(version, [.. results.SelectMany(result => result.Findings)]);
    }

    private static string Last(string version, List<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return $"{version} can be tagged. Next: git tag --annotate v{version} --message 'OptimizationGateway {version}'";
        }

        var files = findings.Select(finding => finding.File).Distinct(StringComparer.Ordinal);
        return $"{version} can't be tagged: change {string.Join(", ", files)} as said above. Next: make release-check";
    }
}
