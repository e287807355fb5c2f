using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>The PostgreSQL of the tests. Where it isn't installed they are skipped; in CI that is a failure, or nobody would notice.</summary>
internal static class TestPostgres
{
    /// <summary>The server that tests share.</summary>
    public static PostgresServer OfAssembly
    {
        get
        {
            Require();
            return PostgresServer.OfAssembly;
        }
    }

    /// <summary>Starts a server of the test's own.</summary>
    public static PostgresServer Start()
    {
        Require();
        return PostgresServer.Start();
    }

    private static void Require()
    {
        const string missing = "PostgreSQL not found: run `make deps` as root, or install postgresql-15.";
        Assert.False(!PostgresServer.IsInstalled && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipUnless(PostgresServer.IsInstalled, missing);
    }
}
