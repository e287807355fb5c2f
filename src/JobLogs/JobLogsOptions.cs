namespace OptimizationGateway.JobLogs;

/// <summary>The settings of the logs that <see cref="JobLogsExtensions.AddJobLogs"/> adds.</summary>
public sealed class JobLogsOptions
{
    /// <summary>The folder of the logs, made if it isn't there. One process at a time can have it. Default: <c>data</c>.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>The name of the files in the folder, without extension. Default: <c>jobs</c>.</summary>
    public string FileName { get; set; } = "jobs";

    /// <summary>The number of events kept of a job, from 1; null: all. Default: null.</summary>
    public int? RetainEventsPerJob { get; set; }

    /// <summary>The time for which a job is kept after it has ended, from 1 minute; null: for ever. Default: null.</summary>
    public TimeSpan? RetainEndedJobs { get; set; }

    /// <summary>The time after which a job whose producer is lost is ended, 1 minute to 365 days. Default: 1 hour.</summary>
    public TimeSpan EndLostJobsAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most jobs, the ended ones included, from 1; null: any number. Default: null.</summary>
    public long? MaxJobs { get; set; }

    /// <summary>The most producers of one job, each with an id of its own, from 1; null: any number. Default: null.</summary>
    public long? MaxProducersPerJob { get; set; }

    /// <summary>The silence on a watch after which it is told that it is alive: 0.1 s to 10 minutes. Default: 15 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = WatchJobOptions.UsualHeartbeatInterval;

    /// <summary>
    /// SQL that is run when the file is opened, such as <c>CREATE INDEX IF NOT EXISTS</c> over the records of jobs. Default: none.
    /// See <see cref="Sqlite.SqliteJobLogStore.Query"/> for the table.
    /// </summary>
    public string Schema { get; set; } = "";

    /// <summary>The name of the setting that texts for people give to <see cref="Directory"/>. Default: <c>JobLogs:Directory</c>.</summary>
    public string DirectorySetting { get; set; } = "JobLogs:Directory";
}
