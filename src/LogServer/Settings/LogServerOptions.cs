using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>The settings under <c>LogServer</c>.</summary>
internal sealed record LogServerOptions
{
    public const string Section = "LogServer";

    /// <summary>The URL at which producers append over HTTP. Default: <c>http://127.0.0.1:5010</c>.</summary>
    public string HttpUrl { get; init; } = "http://127.0.0.1:5010";

    /// <summary>The URL of WatchJob, JobsService and EventLogService: HTTP/2. Default: <c>http://127.0.0.1:5011</c>.</summary>
    public string GrpcUrl { get; init; } = "http://127.0.0.1:5011";

    public SqliteOptions Sqlite { get; init; } = new();

    [ValidateObjectMembers]
    public PostgresOptions Postgres { get; init; } = new();

    [ValidateObjectMembers]
    public RetentionOptions Retention { get; init; } = new();

    [ValidateObjectMembers]
    public LeaseOptions Leases { get; init; } = new();

    [ValidateObjectMembers]
    public WatchOptions Watch { get; init; } = new();

    [ValidateObjectMembers]
    public LimitOptions Limits { get; init; } = new();

    [ValidateObjectMembers]
    public AuthOptions Auth { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    [ValidateObjectMembers]
    public DrainOptions Drain { get; init; } = new();
}

/// <summary>The SQLite engine: the settings under <c>LogServer:Sqlite</c>. It is used unless PostgreSQL is configured.</summary>
internal sealed record SqliteOptions
{
    /// <summary>The folder of the file, made if it isn't there. One log server at a time can have it. Default: <c>data</c>.</summary>
    public string Path { get; init; } = "data";
}

/// <summary>The PostgreSQL engine: the settings under <c>LogServer:Postgres</c>.</summary>
internal sealed record PostgresOptions
{
    /// <summary>The connection string; with it the logs are in PostgreSQL, and not in a file. Default: none.</summary>
    [Secret]
    public string ConnectionString { get; init; } = "";

    /// <summary>The schema of the tables: small letters, digits and <c>_</c>. Default: <c>optimization</c>.</summary>
    public string Schema { get; init; } = "optimization";

    /// <summary>
    /// The number of standbys that must have an event on disk before anybody sees it, so that a failover to one of them loses nothing that was
    /// seen. 0 where one server is all there is, or where the storage replicates by itself. Default: 0.
    /// </summary>
    [Range(0, 100)]
    public int StandbysThatMustFlush { get; init; }
}

/// <summary>The settings under <c>LogServer:Retention</c>.</summary>
internal sealed record RetentionOptions
{
    /// <summary>The number of events kept of a job. Default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? EventsPerJob { get; init; }

    /// <summary>The time for which a job is kept after it has ended. Default: for ever.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan? EndedJobs { get; init; }
}

/// <summary>The settings under <c>LogServer:Leases</c>.</summary>
internal sealed record LeaseOptions
{
    /// <summary>The time after which a job whose producer is lost is ended. Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan EndLostJobsAfter { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>The settings under <c>LogServer:Watch</c>.</summary>
internal sealed record WatchOptions
{
    /// <summary>The silence on a watch after which it is told that it is alive. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>The settings under <c>LogServer:Telemetry</c>. OTLP has none here: the standard variables <c>OTEL_…</c> configure it.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>True if <c>/metrics</c> answers Prometheus, to everyone who can reach the HTTP port. Default: false.</summary>
    public bool Prometheus { get; init; }
}

/// <summary>The settings under <c>LogServer:Drain</c>.</summary>
internal sealed record DrainOptions
{
    /// <summary>The time that appends which are under way get to be finished at a shutdown. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
