using System.Xml.Linq;

namespace OptimizationGateway.Release.Rules;

/// <summary>A packed .NET project is this version, under the licence, and has what it needs.</summary>
internal static class NuGetRule
{
    private const string Contracts = "OptimizationGateway.Contracts.dll";

    /// <summary>The conformance kit is a tool that runs.</summary>
    public static IEnumerable<Finding> CheckKit(Sources sources, Package package) =>
        Check(
            sources,
            package,
            Artifacts.NuGetProject,
            "tools/",
            "DotnetToolSettings.xml",
            "OptimizationGateway.Conformance.dll",
            Contracts
        );

    /// <summary>The library has its documentation and the contract's classes.</summary>
    public static IEnumerable<Finding> CheckJobLogs(Sources sources, Package package) =>
        Check(
            sources,
            package,
            Artifacts.JobLogsProject,
            "lib/",
            "OptimizationGateway.JobLogs.dll",
            "OptimizationGateway.JobLogs.xml",
            Contracts
        );

    private static IEnumerable<Finding> Check(Sources sources, Package package, string project, string folder, params string[] files)
    {
        var source = Path.GetDirectoryName(project)!;
        var id = $"OptimizationGateway.{Path.GetFileNameWithoutExtension(project)}";
        var expected = $"{id}.{sources.Version}.nupkg";
        if (package.FileName != expected)
        {
            yield return new Finding(project, $"`dotnet pack` makes {package.FileName} of it, not {expected}.");
        }

        var metadata = XDocument.Parse(package.Text($"{id}.nuspec") ?? "<package/>").Descendants().ToList();
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
                yield return new Finding(project, $"The packed {name} is {stated ?? "missing"}, not {value}.");
            }
        }

        if (metadata.Find(element => element.Name.LocalName == "description") is null)
        {
            yield return new Finding(project, "The package has no description.");
        }

        foreach (var (file, original) in new[] { ("README.md", $"{source}/README.md"), ("LICENSE", "LICENSE") })
        {
            if (package.Text(file) is var packed && packed != sources.Read(original))
            {
                yield return new Finding(project, $"The package hasn't got {file} as it is in {original}.");
            }
        }

        foreach (var file in files)
        {
            if (!package.Files.Keys.Any(path => path.StartsWith(folder, StringComparison.Ordinal) && Path.GetFileName(path) == file))
            {
                yield return new Finding(project, $"The package has no {file} in {folder}: it is of no use.");
            }
        }
    }
}
