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
    /// <param name="diskMib">The size, in MiB, of a disk of its own; 0: on the disk of temporary files.</param>
    public static PostgresServer Start(int diskMib = 0)
    {
        Require();
        var server = PostgresServer.Start(diskMib: diskMib);
        Assert.SkipUnless(server.HasDisk || diskMib == 0, "A server with a disk of its own needs root, and the right to mount it.");
        return server;
    }

    private static void Require()
    {
        const string missing = "PostgreSQL not found: run `make deps` as root, or install postgresql-15.";
        Assert.False(!PostgresServer.IsInstalled && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipUnless(PostgresServer.IsInstalled, missing);
    }
}
