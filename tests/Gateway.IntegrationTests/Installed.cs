namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Programs that Debian's packages bring, and not every machine has.</summary>
internal static class Installed
{
    /// <summary>Skips the test where the program isn't there; with CI=true it fails.</summary>
    public static void Require(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var isThere = folders.Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));
        if (!isThere && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip($"install {program}: make deps");
        }

        Assert.True(isThere, $"{program} isn't installed.");
    }
}
