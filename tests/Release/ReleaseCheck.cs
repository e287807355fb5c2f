using OptimizationGateway.Release.Rules;

namespace OptimizationGateway.Release;

/// <summary>All rules over what a release consists of.</summary>
/// <param name="Sources">The repository.</param>
/// <param name="Artifacts">What would be published.</param>
/// <param name="Buf">The program buf.</param>
internal sealed record ReleaseCheck(Sources Sources, Artifacts Artifacts, string Buf)
{
    /// <returns>For each subject what was found; nothing where all agrees.</returns>
    public async Task<IReadOnlyList<(string Subject, IReadOnlyList<Finding> Findings)>> RunAsync() =>
        [
            .. Agreement(),
            ("changelog", [.. ChangelogRule.Check(Sources)]),
            ("proto baseline", await BaselineRule.CheckAsync(Sources, Buf)),
            ("commit and tag", await CommitRule.CheckAsync(Sources)),
        ];

    /// <summary>What has to agree at every commit, not only at one that is released.</summary>
    public IReadOnlyList<(string Subject, IReadOnlyList<Finding> Findings)> Agreement() =>
        [
            ("version", [.. VersionRule.Check(Sources)]),
            ("licence", [.. LicenceRule.Check(Sources)]),
            ("npm package", [.. NpmRule.Check(Sources, Artifacts.Npm)]),
            ("NuGet package: Conformance", [.. NuGetRule.CheckKit(Sources, Artifacts.NuGet)]),
            ("NuGet package: JobLogs", [.. NuGetRule.CheckJobLogs(Sources, Artifacts.JobLogs)]),
            ("container images", [.. ImageRule.Check(Sources, Artifacts.Images)]),
        ];
}
