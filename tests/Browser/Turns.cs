namespace OptimizationGateway.Browser.Tests;

/// <summary>Tests that take turns at one gateway: its jobs, and how it looks. A start of the programs takes longer than most tests.</summary>
public static class Turns
{
    public const string Jobs = "jobs";

    public const string Looks = "looks";

    [CollectionDefinition(Jobs)]
    public sealed class JobsTurns : ICollectionFixture<RunningConsole>;

    [CollectionDefinition(Looks)]
    public sealed class LooksTurns : ICollectionFixture<RunningConsole>;
}
