namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>What the tests of every engine set.</summary>
internal sealed record StoreSettings
{
    public int? RetainEventsPerJob { get; set; }

    public TimeSpan? RetainEndedJobs { get; set; }

    public long? MaxJobs { get; set; }

    public long? MaxProducersPerJob { get; set; }

    /// <summary>False if only the test sweeps: two sweeps at once skip what the other one is about, and return before it is done.</summary>
    public bool SweepsByItself { get; set; } = true;
}

/// <summary>A place for logs, which can be opened again.</summary>
internal abstract class Engine : IAsyncDisposable
{
    public abstract Task<TestLogs> OpenAsync(Action<StoreSettings>? configure = null, TimeProvider? clock = null);

    public abstract ValueTask DisposeAsync();

    protected static StoreSettings Settings(Action<StoreSettings>? configure)
    {
        var settings = new StoreSettings();
        configure?.Invoke(settings);
        return settings;
    }
}
