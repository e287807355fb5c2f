namespace OptimizationGateway.LogServer.Tests;

/// <summary>The program stands on the library of logs and the contract, and needs no other project's assembly.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void The_program_uses_the_contract_and_the_library_alone() =>
        Assert.Equal(
            ["OptimizationGateway.Contracts", "OptimizationGateway.JobLogs"],
            typeof(LogServerHost)
                .Assembly.GetReferencedAssemblies()
                .Select(used => used.Name!)
                .Where(name => name.StartsWith("OptimizationGateway.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
}
