using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests.Postgres;

public sealed class PostgresAppendTests : AppendTests
{
    private protected override Engine Engine { get; } = PostgresEngine.OfAssembly();
}

public sealed class PostgresStoreTests : StoreTests
{
    private protected override Engine Engine { get; } = PostgresEngine.OfAssembly();
}

public sealed class PostgresDepthTests : DepthTests
{
    private protected override Engine Engine { get; } = PostgresEngine.OfAssembly();
}
