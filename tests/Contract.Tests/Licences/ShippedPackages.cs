using System.Text.Json;
using System.Xml.Linq;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Licences;

/// <summary>A package of somebody else's that is in what we ship.</summary>
/// <param name="Name">Its name in its registry.</param>
/// <param name="Version">The one that is shipped.</param>
/// <param name="Licence">An SPDX expression, as the package itself states it.</param>
internal sealed record ShippedPackage(string Name, string Version, string Licence);

/// <summary>What is shipped, by what the builds have resolved: nothing is listed by hand.</summary>
internal static class ShippedPackages
{
    /// <summary>Of a program: every package that its build puts something into its output for.</summary>
    /// <param name="project">The project's name.</param>
    public static IEnumerable<ShippedPackage> OfProgram(string project)
    {
        using var assets = Open("src", project, "obj", "project.assets.json");
        var root = assets.RootElement;
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        var resolved = root.GetProperty("targets").EnumerateObject().First().Value;
        return
        [
            .. resolved
                .EnumerateObject()
                .Where(package =>
                    package.Value.GetProperty("type").GetString() == "package" && package.Value.TryGetProperty("runtime", out _)
                )
                .Select(package => package.Name.Split('/'))
                .Select(id => new ShippedPackage(id[0], id[1], LicenceOf(folders, id[0], id[1])))
                .OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>Of the page: what clients/console names under dependencies, and what that needs.</summary>
    public static IEnumerable<ShippedPackage> OfPage() => OfWorkspace("clients/console");

    /// <summary>Of the browser client.</summary>
    public static IEnumerable<ShippedPackage> OfClient() => OfWorkspace("clients/typescript");

    private static List<ShippedPackage> OfWorkspace(string workspace)
    {
        using var lockFile = Open("package-lock.json");
        var packages = lockFile.RootElement.GetProperty("packages");
        var found = new SortedDictionary<string, ShippedPackage>(StringComparer.Ordinal);
        Collect(packages, packages.GetProperty(workspace), found);
        return [.. found.Values];
    }

    private static void Collect(JsonElement packages, JsonElement package, SortedDictionary<string, ShippedPackage> found)
    {
        if (!package.TryGetProperty("dependencies", out var dependencies))
        {
            return;
        }

        foreach (var name in dependencies.EnumerateObject().Select(dependency => dependency.Name))
        {
            var needed = packages.GetProperty($"node_modules/{name}");
            var isOurs = needed.TryGetProperty("link", out _);
            if (isOurs || found.ContainsKey(name))
            {
                continue;
            }

            found[name] = new ShippedPackage(name, needed.GetProperty("version").GetString()!, needed.GetProperty("license").GetString()!);
            Collect(packages, needed, found);
        }
    }

    private static string LicenceOf(List<string> folders, string name, string version)
    {
        var file = folders
            .Select(folder => Path.Combine(folder, name.ToLowerInvariant(), version, $"{name.ToLowerInvariant()}.nuspec"))
            .First(File.Exists);
        var licence = XDocument.Load(file).Descendants().First(element => element.Name.LocalName == "license");
        return (string?)licence.Attribute("type") == "expression"
            ? licence.Value
            : throw new InvalidOperationException($"{name} {version} has no licence expression: look into {file}.");
    }

    private static JsonDocument Open(params string[] path) => JsonDocument.Parse(File.ReadAllText(RepositoryRoot.Combine(path)));
}
