using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>A gRPC server that has jobs, and the connections to it.</summary>
internal sealed class Backend(string name, BackendOptions options, UpstreamOptions upstream, TimeProvider time, ILoggerFactory loggers)
    : IDisposable
{
    private readonly ChannelPool channels = new(new Uri(options.Address), upstream, loggers);
    private readonly ReopenPacer pacer = new(time, upstream.ReopensPerSecond);

    /// <summary>Its name in the settings.</summary>
    public string Name => name;

    /// <summary>The jobs it has.</summary>
    public IReadOnlyList<JobPattern> Jobs { get; } = JobPattern.ParseList(options.JobIds);

    /// <summary>How many streams are open to it.</summary>
    public int Streams => channels.Streams;

    public WatchStream Open(WatchJobRequest request, CancellationToken stop) => new(channels.Rent(), request, time, stop);

    /// <summary>How long a watch that would wait <paramref name="delay"/> has to wait before it reopens here.</summary>
    public TimeSpan Pace(TimeSpan delay) => pacer.Reserve(delay);

    public void Dispose() => channels.Dispose();
}
