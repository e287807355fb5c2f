using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer;

/// <summary>The one place where the engine is chosen: PostgreSQL if it has a connection string, else SQLite.</summary>
internal static class Engine
{
    private const string Section = LogServerOptions.Section;
    private const string PostgresSetting = $"{Section}:{nameof(LogServerOptions.Postgres)}:{nameof(PostgresOptions.ConnectionString)}";
    private const string SqliteSetting = $"{Section}:{nameof(LogServerOptions.Sqlite)}:{nameof(SqliteOptions.Path)}";

    public static void Add(WebApplicationBuilder builder)
    {
        // Needed before the settings are bound.
        if (builder.Configuration[PostgresSetting] is { Length: > 0 })
        {
            builder.Services.AddPostgresJobLogs(_ => { });
            builder.Services.ConfigureOptions<PostgresSettings>();
        }
        else
        {
            builder.Services.AddJobLogs();
            builder.Services.ConfigureOptions<SqliteSettings>();
        }
    }

    /// <summary>The engine, in a line for people.</summary>
    public static string Describe(LogServerOptions options) =>
        options.Postgres.ConnectionString.Length > 0
            ? $"PostgreSQL, schema {options.Postgres.Schema}"
            : $"SQLite in {Path.Combine(Environment.CurrentDirectory, options.Sqlite.Path)}";

    /// <summary>Checks the engine's own settings; nothing is opened.</summary>
    /// <exception cref="OptionsValidationException">One isn't allowed.</exception>
    public static void Check(IServiceProvider services)
    {
        _ =
            services.GetRequiredService<IOptions<LogServerOptions>>().Value.Postgres.ConnectionString.Length > 0
                ? services.GetRequiredService<IOptions<PostgresJobLogsOptions>>().Value
                : (object)services.GetRequiredService<IOptions<JobLogsOptions>>().Value;
    }

    /// <summary>The library's settings of SQLite, as this program has them.</summary>
    private sealed class SqliteSettings(IOptions<LogServerOptions> options) : IConfigureOptions<JobLogsOptions>
    {
        public void Configure(JobLogsOptions logs)
        {
            var server = options.Value;
            logs.Directory = server.Sqlite.Path;
            logs.DirectorySetting = SqliteSetting;
            logs.RetainEventsPerJob = server.Retention.EventsPerJob;
            logs.RetainEndedJobs = server.Retention.EndedJobs;
            logs.EndLostJobsAfter = server.Leases.EndLostJobsAfter;
            logs.HeartbeatInterval = server.Watch.HeartbeatInterval;
            logs.MaxJobs = server.Limits.Jobs;
            logs.MaxProducersPerJob = server.Limits.ProducersPerJob;
        }
    }

    /// <summary>The library's settings of PostgreSQL, as this program has them.</summary>
    private sealed class PostgresSettings(IOptions<LogServerOptions> options) : IConfigureOptions<PostgresJobLogsOptions>
    {
        public void Configure(PostgresJobLogsOptions logs)
        {
            var server = options.Value;
            logs.ConnectionString = server.Postgres.ConnectionString;
            logs.ConnectionStringSetting = PostgresSetting;
            logs.Schema = server.Postgres.Schema;
            logs.StandbysThatMustFlush = server.Postgres.StandbysThatMustFlush;
            logs.RetainEventsPerJob = server.Retention.EventsPerJob;
            logs.RetainEndedJobs = server.Retention.EndedJobs;
            logs.EndLostJobsAfter = server.Leases.EndLostJobsAfter;
            logs.HeartbeatInterval = server.Watch.HeartbeatInterval;
            logs.MaxJobs = server.Limits.Jobs;
            logs.MaxProducersPerJob = server.Limits.ProducersPerJob;
        }
    }
}
