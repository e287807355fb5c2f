using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs.Jobs;
using OptimizationGateway.JobLogs.Postgres;
using OptimizationGateway.JobLogs.Sqlite;
using OptimizationGateway.JobLogs.Watch;

namespace OptimizationGateway.JobLogs;

/// <summary>Adds logs of jobs, and <c>WatchJob</c> over them, to an ASP.NET Core application.</summary>
public static class JobLogsExtensions
{
    /// <summary>Adds durable logs in one SQLite file: <see cref="IJobLogStore"/>, and what <see cref="MapWatchJob"/> needs.</summary>
    /// <remarks>
    /// The logs are opened when the application starts. Settings that aren't allowed are thrown then as an
    /// <see cref="OptionsValidationException"/>, and logs that can't be opened as a <see cref="JobLogUnavailableException"/>.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the settings, such as <c>logs => logs.Directory = "data"</c>.</param>
    public static IServiceCollection AddJobLogs(this IServiceCollection services, Action<JobLogsOptions>? configure = null)
    {
        services.AddWatching();
        services.AddOptions<JobLogsOptions>().Configure(configure ?? (_ => { }));
        services.AddSingleton<IValidateOptions<JobLogsOptions>, JobLogsOptionsValidator>();
        services
            .AddOptions<WatchJobOptions>()
            .Configure<IOptions<JobLogsOptions>>((watch, logs) => watch.HeartbeatInterval = logs.Value.HeartbeatInterval);
        services.AddSingleton(provider => new SqliteJobLogStore(
            provider.GetRequiredService<IOptions<JobLogsOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<SqliteJobLogStore>>()
        ));
        services.AddSingleton<IJobLogStore>(provider => provider.GetRequiredService<SqliteJobLogStore>());
        services.AddHostedService(provider => provider.GetRequiredService<SqliteJobLogStore>());
        services.AddHostedService<JobSweeper>();
        return services;
    }

    /// <summary>
    /// Adds durable logs in a PostgreSQL database, which any number of processes serve: instead of <see cref="AddJobLogs"/>, and with the same
    /// <see cref="IJobLogStore"/>.
    /// </summary>
    /// <remarks>
    /// The tables are made when the application starts. Settings that aren't allowed are thrown then as an
    /// <see cref="OptionsValidationException"/>, and a server that can't be reached or used as a <see cref="JobLogUnavailableException"/>.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the settings, such as <c>logs => logs.ConnectionString = "Host=db;Database=jobs"</c>.</param>
    public static IServiceCollection AddPostgresJobLogs(this IServiceCollection services, Action<PostgresJobLogsOptions> configure)
    {
        services.AddWatching();
        services.AddOptions<PostgresJobLogsOptions>().Configure(configure);
        services.AddSingleton<IValidateOptions<PostgresJobLogsOptions>, PostgresJobLogsOptionsValidator>();
        services
            .AddOptions<WatchJobOptions>()
            .Configure<IOptions<PostgresJobLogsOptions>>((watch, logs) => watch.HeartbeatInterval = logs.Value.HeartbeatInterval);
        services.AddSingleton(provider => new PostgresJobLogStore(
            provider.GetRequiredService<IOptions<PostgresJobLogsOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresJobLogStore>>()
        ));
        services.AddSingleton<IJobLogStore>(provider => provider.GetRequiredService<PostgresJobLogStore>());
        services.AddHostedService(provider => provider.GetRequiredService<PostgresJobLogStore>());
        services.AddHostedService<JobSweeper>();
        return services;
    }

    /// <summary>Adds what <see cref="MapWatchJob{TLog}"/> needs, for a log of one's own. <see cref="AddJobLogs"/> has added it already.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the settings.</param>
    public static IServiceCollection AddWatchJob(this IServiceCollection services, Action<WatchJobOptions>? configure = null)
    {
        services.AddWatching();
        services
            .AddOptions<WatchJobOptions>()
            .Configure(configure ?? (_ => { }))
            .Validate(
                options => WatchJobOptions.Fault(options.HeartbeatInterval) is null,
                "WatchJobOptions.HeartbeatInterval must be a time from 00:00:00.1 to 00:10:00."
            )
            .ValidateOnStart();
        return services;
    }

    /// <summary>Adds a check that fails while the logs of <see cref="AddJobLogs"/> can't be written.</summary>
    /// <param name="checks">The application's checks.</param>
    /// <param name="name">The check's name.</param>
    public static IHealthChecksBuilder AddJobLogsCheck(this IHealthChecksBuilder checks, string name = "log") =>
        checks.AddCheck<JobLogHealth>(name);

    /// <summary>Serves <c>WatchJob</c> over the logs of <see cref="AddJobLogs"/>.</summary>
    /// <param name="app">The application.</param>
    public static IEndpointConventionBuilder MapWatchJob(this IEndpointRouteBuilder app) => app.MapWatchJob<IJobLogStore>();

    /// <summary>Serves <c>WatchJob</c> over a log of one's own, which is a service of the application.</summary>
    /// <param name="app">The application.</param>
    /// <typeparam name="TLog">The log.</typeparam>
    public static IEndpointConventionBuilder MapWatchJob<TLog>(this IEndpointRouteBuilder app)
        where TLog : class, IJobLog => app.MapGrpcService<WatchJobService<TLog>>();

    /// <summary>Serves <c>JobsService</c> over the logs of <see cref="AddJobLogs"/>, so that the gateway lists their jobs.</summary>
    /// <param name="app">The application.</param>
    public static IEndpointConventionBuilder MapJobs(this IEndpointRouteBuilder app) => app.MapGrpcService<StoredJobsService>();

    private static void AddWatching(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OpenWatches>();
        services.AddGrpc();
    }
}
