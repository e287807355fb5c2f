namespace OptimizationGateway.Release.Rules;

/// <summary>The image of the protos that is kept for this version is what the protos say now, except for comments.</summary>
internal static class BaselineRule
{
    /// <param name="sources">The repository.</param>
    /// <param name="buf">The program buf.</param>
    public static async Task<IReadOnlyList<Finding>> CheckAsync(Sources sources, string buf)
    {
        var version = sources.Version;
        var baseline = $"protos/baselines/{version}.binpb";
        var make = $"`node_modules/.bin/buf build protos -o protos/baselines/<version>.binpb`, and its line in BaselineTests.cs";
        if (!File.Exists(sources.PathOf(baseline)))
        {
            return [new Finding(baseline, $"It isn't there: {make}, with {version} for <version>.")];
        }

        var kept = await DescriptorsAsync(sources, buf, baseline);
        var current = await DescriptorsAsync(sources, buf, "protos");
        return kept.AsSpan().SequenceEqual(current)
            ? []
            :
            [
                new Finding(
                    baseline,
                    $"It isn't what protos/ says now, and baselines never change: raise Version in {Sources.VersionFile}, and add the new one's: {make}."
                ),
            ];
    }

    private static async Task<byte[]> DescriptorsAsync(Sources sources, string buf, string input)
    {
        var output = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.binpb");
        try
        {
            await Command.RunAsync(sources.Root, buf, "build", input, "--exclude-source-info", "--output", output);
            return await File.ReadAllBytesAsync(output);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
