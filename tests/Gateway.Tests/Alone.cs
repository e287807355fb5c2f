namespace OptimizationGateway.Gateway.Tests;

/// <summary>Tests that measure the process: they run one by one, and nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}
