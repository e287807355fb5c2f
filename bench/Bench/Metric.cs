namespace OptimizationGateway.Bench;

/// <summary>The names of figures in the results.</summary>
internal static class Metric
{
    /// <summary>CPU seconds of the measured process per million delivered events (or visits).</summary>
    public const string Cpu = "cpuSecondsPerMillion";
    public const string ClientCpu = "clientCpuSecondsPerMillion";
    public const string BackendCpu = "backendCpuSecondsPerMillion";

    /// <summary>Delivered events (or visits) a second.</summary>
    public const string Rate = "perSecond";
    public const string Seconds = "seconds";

    /// <summary>Cores that the measured process used.</summary>
    public const string Cores = "cores";

    /// <summary>Cores that PostgreSQL used, with its standbys.</summary>
    public const string DatabaseCores = "databaseCores";

    /// <summary>The most streams that the backend had at a time.</summary>
    public const string Streams = "streams";

    /// <summary>Milliseconds from the event, or from the connect, to the client.</summary>
    public const string P50 = "p50";
    public const string P99 = "p99";

    /// <summary>The p99 before there were stuck viewers.</summary>
    public const string P99Before = "p99Before";

    /// <summary>KiB of resident memory a viewer; with stuck ones, of each of those.</summary>
    public const string Kib = "kib";
    public const string Refusals = "refusals";
}
