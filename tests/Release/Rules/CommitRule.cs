namespace OptimizationGateway.Release.Rules;

/// <summary>What was looked at is what a tag would name, and the tag is free.</summary>
internal static class CommitRule
{
    public static async Task<IReadOnlyList<Finding>> CheckAsync(Sources sources)
    {
        var findings = new List<Finding>();
        var status = await Command.RunAsync(sources.Root, "git", "status", "--porcelain");
        var changed = status.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (changed.Length > 0)
        {
            var others = changed.Length > 1 ? $" and {changed.Length - 1} more" : "";
            findings.Add(new Finding(changed[0][3..] + others, "Not committed, so a tag wouldn't have it: git status lists them."));
        }

        var tag = $"v{sources.Version}";
        if ((await Command.RunAsync(sources.Root, "git", "tag", "--list", tag)).Trim() == tag)
        {
            findings.Add(new Finding(Sources.VersionFile, $"The tag {tag} exists: {sources.Version} is released. Raise Version."));
        }

        return findings;
    }
}
