using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests.Sqlite;

public sealed class SqliteAppendTests : AppendTests
{
    private protected override Engine Engine { get; } = new SqliteEngine();
}

public sealed class SqliteStoreTests : StoreTests
{
    private protected override Engine Engine { get; } = new SqliteEngine();
}

public sealed class SqliteDepthTests : DepthTests
{
    private protected override Engine Engine { get; } = new SqliteEngine();
}
