namespace OptimizationGateway.Conformance.Tests;

/// <summary>The commands that a test gives to the kit, as docs/backends.md does.</summary>
internal static class Curl
{
    /// <summary>Skips the test where it is missing; in CI that is a failure, or nobody would notice.</summary>
    public static void Require()
    {
        const string missing = "curl not found: run `make deps` as root.";
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "curl")));
        Assert.False(!isThere && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipUnless(isThere, missing);
    }

    public static string Post(Uri url) => $"curl -sSf -X POST '{url}'";

    public static string Get(Uri url) => $"curl -sSf '{url}'";
}
