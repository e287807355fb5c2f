namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Tests that measure the process, or flood it: they run one by one, and nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}
