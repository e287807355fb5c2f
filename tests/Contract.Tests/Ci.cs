namespace OptimizationGateway.Contract.Tests;

internal static class Ci
{
    public static bool Running { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Skips the test where a tool is missing; in CI that is a failure, or nobody would notice.</summary>
    public static void Require(bool there, string missing)
    {
        Assert.False(Running && !there, missing);
        Assert.SkipUnless(there, missing);
    }
}
