using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>PostgreSQL, in a schema of the test. Each opening is a server of its own.</summary>
internal sealed class PostgresEngine(PostgresServer server, string? schema = null) : Engine
{
    private static int schemas;

    public string Schema { get; } = schema ?? $"test_{Interlocked.Increment(ref schemas)}";

    /// <summary>One on the server that all tests share. Without PostgreSQL the test is skipped.</summary>
    public static PostgresEngine OfAssembly() => new(TestPostgres.OfAssembly);

    public override Task<TestLogs> OpenAsync(Action<StoreSettings>? configure = null, TimeProvider? clock = null)
    {
        var settings = Settings(configure);
        return OpenAsync(
            logs =>
            {
                (logs.RetainEventsPerJob, logs.RetainEndedJobs) = (settings.RetainEventsPerJob, settings.RetainEndedJobs);
                (logs.MaxJobs, logs.MaxProducersPerJob) = (settings.MaxJobs, settings.MaxProducersPerJob);
            },
            clock,
            settings.SweepsByItself
        );
    }

    public Task<TestLogs> OpenAsync(Action<PostgresJobLogsOptions> configure, TimeProvider? clock = null, bool sweeps = true) =>
        TestLogs.OpenAsync(
            services =>
                services.AddPostgresJobLogs(logs =>
                {
                    (logs.ConnectionString, logs.Schema) = (server.ConnectionString, Schema);
                    configure(logs);
                }),
            clock,
            sweeps
        );

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
