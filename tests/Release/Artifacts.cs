namespace OptimizationGateway.Release;

/// <summary>What a release would publish, made into a folder that is removed again.</summary>
internal sealed record Artifacts(Package Npm, Package NuGet, Package JobLogs, IReadOnlyList<Image> Images)
{
    public const string NpmFolder = "clients/typescript";
    public const string NuGetProject = "src/Conformance/Conformance.csproj";
    public const string JobLogsProject = "src/JobLogs/JobLogs.csproj";

    private static readonly string[] ImageProjects =
    [
        "src/Gateway/Gateway.csproj",
        "src/OptimizerStub/OptimizerStub.csproj",
        "src/LogServer/LogServer.csproj",
    ];

    /// <param name="sources">Where it is made of.</param>
    /// <param name="configuration">The configuration of the .NET package.</param>
    /// <param name="built">True if its parts have been built; they are packed as they are.</param>
    public static async Task<Artifacts> MakeAsync(Sources sources, string configuration, bool built)
    {
        var folder = Directory.CreateTempSubdirectory("release-");
        try
        {
            foreach (var project in (string[])[NuGetProject, JobLogsProject])
            {
                string[] nuget = ["pack", project, "--configuration", configuration, "--output", folder.FullName, "--verbosity", "quiet"];
                await Command.RunAsync(sources.Root, "dotnet", built ? [.. nuget, "--no-build"] : nuget);
            }

            string[] npm = ["pack", "--workspace", NpmFolder, "--silent", "--pack-destination", folder.FullName];
            await Command.RunAsync(sources.Root, "npm", built ? [.. npm, "--ignore-scripts"] : npm);

            var images = new List<Image>();
            foreach (var project in ImageProjects)
            {
                images.Add(await Image.OfAsync(sources, project));
            }

            return new Artifacts(
                Package.OpenTarball(folder.GetFiles("*.tgz").Single().FullName),
                Package.OpenZip(folder.GetFiles("*.Conformance.*.nupkg").Single().FullName),
                Package.OpenZip(folder.GetFiles("*.JobLogs.*.nupkg").Single().FullName),
                images
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
