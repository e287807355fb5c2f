namespace OptimizationGateway.Release;

/// <summary>The command line: packs what a release would publish, looks into it, and says whether this commit can be tagged.</summary>
internal static class ReleaseProgram
{
    public static async Task<int> RunAsync()
    {
        var sources = new Sources(Directory.GetCurrentDirectory());
        if (!File.Exists(sources.PathOf(Sources.VersionFile)))
        {
            await Console.Error.WriteLineAsync(
                $"There is no {Sources.VersionFile} here: run it in the repository's folder, as `make release-check`."
            );
            return 1;
        }

        Console.WriteLine($"Packing {sources.Version} …");
        try
        {
            var artifacts = await Artifacts.MakeAsync(sources, "Release", built: false);
            var results = await new ReleaseCheck(sources, artifacts, sources.PathOf("node_modules/.bin/buf")).RunAsync();
            Console.WriteLine(Verdict.Text(sources.Version, results));
            return results.All(result => result.Findings.Count == 0) ? 0 : 1;
        }
        catch (CommandFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            Console.WriteLine($"{sources.Version} can't be tagged: it can't be packed, as said above. Next: make release-check");
            return 1;
        }
    }
}
