namespace OptimizationGateway.LogServer.Tests;

/// <summary>The program stands on the library of logs, the contract and what it shares with the gateway, and not on the gateway.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void The_program_uses_the_contract_and_the_libraries_alone() =>
        Assert.Equal(
            ["OptimizationGateway.Contracts", "OptimizationGateway.Hosting", "OptimizationGateway.JobLogs"],
            typeof(LogServerHost)
                .Assembly.GetReferencedAssemblies()
                .Select(used => used.Name!)
                .Where(name => name.StartsWith("OptimizationGateway.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
}
