namespace OptimizationGateway.Bench.Logs;

/// <summary>A log server on one engine, or the limit of an engine.</summary>
/// <param name="Name">The name, as in TARGETS.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Open">Starts the engine.</param>
internal sealed record LogTarget(string Name, TargetKind Kind, Func<LogEngine> Open)
{
    /// <summary>True if it needs PostgreSQL's programs.</summary>
    public bool IsPostgres => Name != "sqlite";

    public static IReadOnlyList<LogTarget> All { get; } =
    [
        new("sqlite", TargetKind.LogServer, LogEngine.Sqlite),
        new("postgres", TargetKind.LogServer, () => LogEngine.Postgres(standbys: 0)),
        new("postgres-sql", TargetKind.Limit, () => LogEngine.Postgres(standbys: 0)),
        new("quorum", TargetKind.LogServer, () => LogEngine.Postgres(standbys: 2)),
        new("quorum-sql", TargetKind.Limit, () => LogEngine.Postgres(standbys: 2)),
    ];

    public bool Serves(LogWorkload workload) => Kind != TargetKind.Limit || workload.Kind == LogWorkloadKind.Append;
}
