using System.Text.Json.Nodes;

namespace OptimizationGateway.Release;

/// <summary>A container image as <c>dotnet publish -t:PublishContainer</c> would make it.</summary>
/// <param name="Project">The project file that defines it.</param>
/// <param name="Repository">Its name.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Labels">The labels of its configuration.</param>
internal sealed record Image(string Project, string Repository, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Asks the SDK's own targets; nothing is built, and no registry is asked for the base image.</summary>
    public static async Task<Image> OfAsync(Sources sources, string project)
    {
        string[] question =
        [
            "msbuild",
            sources.PathOf(project),
            "-target:ComputeContainerConfig",
            "-getProperty:ContainerRepository",
            "-getItem:ContainerImageTags",
            "-getItem:ContainerLabel",
        ];
        var answer = JsonNode.Parse(await Command.RunAsync(sources.Root, "dotnet", question))!;
        var items = answer["Items"]!;
        return new Image(
            project,
            (string)answer["Properties"]!["ContainerRepository"]!,
            [.. items["ContainerImageTags"]!.AsArray().Select(tag => (string)tag!["Identity"]!)],
            items["ContainerLabel"]!
                .AsArray()
                .ToDictionary(label => (string)label!["Identity"]!, label => (string)label!["Value"]!, StringComparer.Ordinal)
        );
    }
}
