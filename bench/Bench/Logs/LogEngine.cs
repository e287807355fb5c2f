using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.Bench.Logs;

/// <summary>What keeps the logs while a program is measured: a folder, or servers of PostgreSQL with fsync on.</summary>
internal sealed class LogEngine : IDisposable
{
    private const string Quorum = "ANY 1 (\"standby-0\", \"standby-1\")";

    private readonly DirectoryInfo? folder;
    private readonly List<PostgresServer> servers = [];
    private readonly int standbys;

    private LogEngine(DirectoryInfo folder) => this.folder = folder;

    private LogEngine(int standbys)
    {
        this.standbys = standbys;
        var primary = PostgresServer.Start("synchronous_commit = on\n");
        servers.Add(primary);
        for (var number = 0; number < standbys; number++)
        {
            servers.Add(primary.StartStandby($"standby-{number}"));
        }

        if (standbys > 0)
        {
            primary.Execute($"ALTER SYSTEM SET synchronous_standby_names = '{Quorum}';");
            primary.Execute("SELECT pg_reload_conf();");
        }
    }

    public string? ConnectionString => servers.Count > 0 ? servers[0].ConnectionString + ";Maximum Pool Size=50" : null;

    /// <summary>The log server's settings.</summary>
    public string[] Settings =>
        folder is not null
            ? [$"--LogServer:Sqlite:Path={folder.FullName}"]
            :
            [
                $"--LogServer:Postgres:ConnectionString={ConnectionString}",
                $"--LogServer:Postgres:StandbysThatMustFlush={(standbys > 0 ? 1 : 0)}",
            ];

    /// <summary>The CPU time of PostgreSQL since it started, in seconds: of all servers with all their processes.</summary>
    public double CpuSeconds => servers.SelectMany(server => server.Processes).Sum(Child.CpuSecondsOf);

    public static LogEngine Sqlite() => new(Directory.CreateTempSubdirectory("bench-log-"));

    public static LogEngine Postgres(int standbys) => new(standbys);

    public void Dispose()
    {
        folder?.Delete(recursive: true);
        Enumerable.Reverse(servers).ToList().ForEach(server => server.Dispose());
    }
}
