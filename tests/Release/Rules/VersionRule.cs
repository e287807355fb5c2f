using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OptimizationGateway.Release.Rules;

/// <summary>Every file that names the version names that of Directory.Build.props.</summary>
internal static partial class VersionRule
{
    private const string Client = "@optimization-gateway/client";
    private const string LockFile = "package-lock.json";

    private static readonly string[] Dependents = ["clients/console", "examples/react", "examples/vue"];

    public static IEnumerable<Finding> Check(Sources sources)
    {
        var version = sources.Version;
        if (!SemanticVersion().IsMatch(version))
        {
            yield return new Finding(Sources.VersionFile, $"Version is '{version}', which is no semantic version such as 1.2.3.");
        }

        foreach (var (file, found, where) in Mentions(sources))
        {
            if (found != version)
            {
                yield return new Finding(file, $"{where} is {found ?? "missing"}, and {Sources.VersionFile} says {version}.");
            }
        }
    }

    private static IEnumerable<(string File, string? Found, string Where)> Mentions(Sources sources)
    {
        var manifest = $"{Artifacts.NpmFolder}/package.json";
        yield return (manifest, (string?)sources.ReadJson(manifest)["version"], "version");

        var locked = sources.ReadJson(LockFile)["packages"]!;
        yield return (LockFile, (string?)locked[Artifacts.NpmFolder]?["version"], $"The version of {Artifacts.NpmFolder}");
        foreach (var dependent in Dependents)
        {
            var file = $"{dependent}/package.json";
            yield return (file, Needed(sources.ReadJson(file)), $"The dependency on {Client}");
            yield return (LockFile, Needed(locked[dependent]), $"The dependency of {dependent} on {Client}");
        }

        var readme = $"{Artifacts.NpmFolder}/README.md";
        foreach (Match tarball in Tarball().Matches(sources.Read(readme)))
        {
            yield return (readme, tarball.Groups["version"].Value, $"The version in {tarball.Value}");
        }

        foreach (var file in sources.Under("deploy", "*.yaml"))
        {
            foreach (Match image in DeployedImage().Matches(sources.Read(file)))
            {
                yield return (file, image.Groups["tag"].Value, $"The tag of the image {image.Groups["name"].Value}");
            }
        }
    }

    private static string? Needed(JsonNode? package) => (string?)package?["dependencies"]?[Client];

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SemanticVersion();

    [GeneratedRegex(@"optimization-gateway-client-(?<version>\S+?)\.tgz", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tarball();

    [GeneratedRegex(@"image:\s*(?<name>optimization-gateway[\w-]*)(:(?<tag>\S+))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DeployedImage();
}
