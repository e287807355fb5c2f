using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>The connections to the server that can be written, each checked before its first use.</summary>
internal sealed class ServerConnections : IAsyncDisposable
{
    // PostgreSQL takes 100 by default, of all programs together.
    private const int UsualPoolSize = 40;
    private const int SmallestPoolSize = 5;

    // A server that is away is told within seconds.
    private const int UsualTimeout = 3;
    private const int UsualCommandTimeout = 5;
    private const int UsualPreparedStatements = 32;

    // Of several hosts another one may be the primary a second later.
    private const int UsualHostRecheck = 1;

    private readonly NpgsqlDataSource source;

    /// <param name="options">The way to the server.</param>
    /// <param name="check">Looks at each new connection. By an exception it isn't used.</param>
    public ServerConnections(PostgresJobLogsOptions options, Func<NpgsqlConnection, Task>? check = null)
    {
        var settings = Settings(options.ConnectionString);
        PoolSize = settings.MaxPoolSize;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (check is not null)
        {
            builder.UsePhysicalConnectionInitializer(connection => check(connection).GetAwaiter().GetResult(), check);
        }

        var hasSeveralHosts = settings.Host!.Contains(',', StringComparison.Ordinal);
        source = hasSeveralHosts ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary) : builder.Build();
    }

    /// <summary>The most connections at the same time.</summary>
    public int PoolSize { get; }

    public NpgsqlCommand Command(string text) => source.CreateCommand(text);

    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken token) => source.OpenConnectionAsync(token);

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static NpgsqlConnectionStringBuilder Settings(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder(text);
        settings.ApplicationName ??= "job logs";
        settings.MaxPoolSize = Math.Max(SmallestPoolSize, Usual(settings, "Maximum Pool Size", settings.MaxPoolSize, UsualPoolSize));
        settings.Timeout = Usual(settings, "Timeout", settings.Timeout, UsualTimeout);
        settings.CommandTimeout = Usual(settings, "Command Timeout", settings.CommandTimeout, UsualCommandTimeout);
        settings.MaxAutoPrepare = Usual(settings, "Max Auto Prepare", settings.MaxAutoPrepare, UsualPreparedStatements);
        settings.HostRecheckSeconds = Usual(settings, "Host Recheck Seconds", settings.HostRecheckSeconds, UsualHostRecheck);
        settings.AutoPrepareMinUsages = 2;
        return settings;
    }

    private static int Usual(NpgsqlConnectionStringBuilder settings, string name, int set, int usual) =>
        settings.ShouldSerialize(name) ? set : usual;
}
