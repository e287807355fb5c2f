using System.Xml.Linq;

namespace OptimizationGateway.Release.Rules;

/// <summary>The packed conformance kit is this version, under the licence, and a tool that runs.</summary>
internal static class NuGetRule
{
    private const string Id = "OptimizationGateway.Conformance";

    public static IEnumerable<Finding> Check(Sources sources, Package package)
    {
        var expected = $"{Id}.{sources.Version}.nupkg";
        if (package.FileName != expected)
        {
            yield return new Finding(Artifacts.NuGetProject, $"`dotnet pack` makes {package.FileName} of it, not {expected}.");
        }

        var metadata = XDocument.Parse(package.Text($"{Id}.nuspec") ?? "<package/>").Descendants().ToList();
        foreach (
            var (name, value) in new[]
            {
                ("version", sources.Version),
                ("license", sources.Licence),
                ("readme", "README.md"),
                ("authors", "The OptimizationGateway authors"),
                ("copyright", "Copyright (c) The OptimizationGateway authors"),
            }
        )
        {
            var stated = metadata.Find(element => element.Name.LocalName == name)?.Value;
            if (stated != value)
            {
                yield return new Finding(Artifacts.NuGetProject, $"The packed {name} is {stated ?? "missing"}, not {value}.");
            }
        }

        if (metadata.Find(element => element.Name.LocalName == "description") is null)
        {
            yield return new Finding(Artifacts.NuGetProject, "The package has no description.");
        }

        foreach (var (file, source) in new[] { ("README.md", "src/Conformance/README.md"), ("LICENSE", "LICENSE") })
        {
            if (package.Text(file) is var packed && packed != sources.Read(source))
            {
                yield return new Finding(Artifacts.NuGetProject, $"The package hasn't got {file} as it is in {source}.");
            }
        }

        foreach (var file in (string[])["DotnetToolSettings.xml", $"{Id}.dll", "OptimizationGateway.Contracts.dll"])
        {
            if (!package.Files.Keys.Any(path => path.StartsWith("tools/", StringComparison.Ordinal) && Path.GetFileName(path) == file))
            {
                yield return new Finding(Artifacts.NuGetProject, $"The package has no {file}: it is no tool that runs.");
            }
        }
    }
}
