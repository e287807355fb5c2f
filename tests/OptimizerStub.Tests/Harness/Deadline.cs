namespace OptimizationGateway.OptimizerStub.Tests.Harness;

/// <summary>What isn't there by then will not come: a test fails rather than hangs.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static CancellationToken Token => new CancellationTokenSource(Limit).Token;
}
