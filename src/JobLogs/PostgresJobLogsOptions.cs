namespace OptimizationGateway.JobLogs;

/// <summary>The settings of the logs that <see cref="JobLogsExtensions.AddPostgresJobLogs"/> adds.</summary>
public sealed class PostgresJobLogsOptions
{
    /// <summary>
    /// The way to the server, as Npgsql has it, such as <c>Host=db;Database=jobs;Username=logs;Password=…</c>. With several hosts, such as
    /// <c>Host=db1,db2</c>, the one that can be written is used. Required.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The schema of the tables: small letters, digits and <c>_</c>, at most 63. Default: <c>optimization</c>.</summary>
    public string Schema { get; set; } = "optimization";

    /// <summary>
    /// The number of standbys that must have an event on disk before anybody sees it, from 0, so that a failover to one of them loses nothing
    /// that was seen. 0 where one server is all there is, or where the storage replicates by itself. Default: 0.
    /// </summary>
    public int StandbysThatMustFlush { get; set; }

    /// <summary>The number of events kept of a job, from 1; null: all. The server that started last decides for all. Default: null.</summary>
    public int? RetainEventsPerJob { get; set; }

    /// <summary>The time for which a job is kept after it has ended, from 1 minute; null: for ever. Default: null.</summary>
    public TimeSpan? RetainEndedJobs { get; set; }

    /// <summary>The time after which a job whose producer is lost is ended, 1 minute to 365 days. Default: 1 hour.</summary>
    public TimeSpan EndLostJobsAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The most jobs, the ended ones included, from 1; null: any number. Processes that create jobs at the same time may exceed it by their
    /// number. The server that started last decides for all. Default: null.
    /// </summary>
    public long? MaxJobs { get; set; }

    /// <summary>
    /// The most producers of one job, each with an id of its own, from 1; null: any number. The server that started last decides for all.
    /// Default: null.
    /// </summary>
    public long? MaxProducersPerJob { get; set; }

    /// <summary>The silence on a watch after which it is told that it is alive: 0.1 s to 10 minutes. Default: 15 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = WatchJobOptions.UsualHeartbeatInterval;

    /// <summary>
    /// The name of the setting that texts for people give to <see cref="ConnectionString"/>. Default: <c>JobLogs:ConnectionString</c>.
    /// </summary>
    public string ConnectionStringSetting { get; set; } = "JobLogs:ConnectionString";
}
