using System.Text.Json.Nodes;

namespace OptimizationGateway.Release.Rules;

/// <summary>The packed browser client is this version, under the licence, and whole.</summary>
internal static class NpmRule
{
    private const string Manifest = $"{Artifacts.NpmFolder}/package.json";

    private static readonly string[] Allowed = ["dist/", "src/", "package.json", "README.md", "LICENSE"];

    public static IEnumerable<Finding> Check(Sources sources, Package package)
    {
        var expected = $"optimization-gateway-client-{sources.Version}.tgz";
        if (package.FileName != expected)
        {
            yield return new Finding(Manifest, $"`npm pack` makes {package.FileName} of it, not {expected}.");
        }

        var manifest = JsonNode.Parse(package.Text("package.json") ?? "{}")!;
        if ((string?)manifest["version"] != sources.Version)
        {
            yield return new Finding(Manifest, $"The packed version is {manifest["version"]}, not {sources.Version}.");
        }

        if ((string?)manifest["license"] != sources.Licence)
        {
            yield return new Finding(Manifest, $"The packed license is {manifest["license"]}, not {sources.Licence}.");
        }

        if ((bool?)manifest["private"] == true)
        {
            yield return new Finding(Manifest, "It is private: npm refuses to publish it.");
        }

        foreach (var file in (string[])["README.md", "LICENSE"])
        {
            if (package.Text(file) is var packed && packed != sources.Read($"{Artifacts.NpmFolder}/{file}"))
            {
                yield return new Finding($"{Artifacts.NpmFolder}/{file}", "The package hasn't got it as it is here.");
            }
        }

        foreach (var target in Targets(manifest).Where(target => !package.Files.ContainsKey(target)))
        {
            yield return new Finding(Manifest, $"exports names {target}, which isn't in the package.");
        }

        foreach (var file in package.Files.Keys.Where(file => !Array.Exists(Allowed, file.StartsWith)))
        {
            yield return new Finding(Manifest, $"The package has {file}, which isn't for users: see files.");
        }
    }

    /// <summary>Each entry's code, and the types beside it.</summary>
    private static IEnumerable<string> Targets(JsonNode manifest) =>
        from export in manifest["exports"]?.AsObject() ?? []
        let target = ((string)export.Value!)[2..]
        from file in target.EndsWith(".js", StringComparison.Ordinal) ? [target, $"{target[..^3]}.d.ts"] : new[] { target }
        select file;
}
