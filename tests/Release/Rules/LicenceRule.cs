namespace OptimizationGateway.Release.Rules;

/// <summary>One licence, in all places that state it.</summary>
internal static class LicenceRule
{
    private const string LicenceFile = "LICENSE";

    private static readonly string[] Manifests =
    [
        "package.json",
        "clients/console/package.json",
        "clients/typescript/package.json",
        "examples/backends/node/package.json",
        "examples/react/package.json",
        "examples/vue/package.json",
        "bench/clients/package.json",
    ];

    public static IEnumerable<Finding> Check(Sources sources)
    {
        var licence = sources.Licence;
        var text = sources.Read(LicenceFile);
        if (licence != "Apache-2.0" || !text.Contains("Apache License\n                           Version 2.0", StringComparison.Ordinal))
        {
            yield return new Finding(LicenceFile, $"It isn't the text of Apache-2.0; {Sources.VersionFile} says {licence}.");
        }

        var copy = $"{Artifacts.NpmFolder}/{LicenceFile}";
        if (!File.Exists(sources.PathOf(copy)) || sources.Read(copy) != text)
        {
            yield return new Finding(copy, $"It isn't a copy of {LicenceFile}, and npm packs only what lies in the package's folder.");
        }

        foreach (var manifest in Manifests)
        {
            if ((string?)sources.ReadJson(manifest)["license"] is var stated && stated != licence)
            {
                yield return new Finding(manifest, $"license is {stated ?? "missing"}, and {Sources.VersionFile} says {licence}.");
            }
        }
    }
}
