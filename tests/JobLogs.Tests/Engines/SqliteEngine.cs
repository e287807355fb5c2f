namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>SQLite, in a folder of the test.</summary>
internal sealed class SqliteEngine : Engine
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("job-logs-");

    public string Folder => directory.FullName;

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

    public Task<TestLogs> OpenAsync(Action<JobLogsOptions> configure, TimeProvider? clock = null, bool sweeps = true) =>
        TestLogs.OpenAsync(
            services =>
                services.AddJobLogs(logs =>
                {
                    logs.Directory = Folder;
                    configure(logs);
                }),
            clock,
            sweeps
        );

    public override ValueTask DisposeAsync()
    {
        directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
