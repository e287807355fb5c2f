using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace OptimizationGateway.Release;

/// <summary>The files of a repository that say what is released.</summary>
/// <param name="Root">The repository's folder.</param>
internal sealed record Sources(string Root)
{
    public const string VersionFile = "Directory.Build.props";

    /// <summary>The version that everything is compared with. This is the only place where it is decided.</summary>
    public string Version =>
        XDocument.Parse(Read(VersionFile)).Descendants("Version").FirstOrDefault()?.Value
        ?? throw new InvalidOperationException($"{VersionFile} has no Version.");

    /// <summary>The licence expression that every package has to state.</summary>
    public string Licence =>
        XDocument.Parse(Read(VersionFile)).Descendants("PackageLicenseExpression").FirstOrDefault()?.Value
        ?? throw new InvalidOperationException($"{VersionFile} has no PackageLicenseExpression.");

    public string PathOf(string file) => Path.Combine(Root, file);

    public string Read(string file) => File.ReadAllText(PathOf(file)).ReplaceLineEndings("\n");

    public JsonNode ReadJson(string file) => JsonNode.Parse(Read(file))!;

    public IEnumerable<string> Under(string folder, string pattern) =>
        Directory
            .EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
}
