using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>A gRPC server that has jobs, and the connections to it.</summary>
internal sealed class Backend(
    string name,
    BackendOptions options,
    UpstreamOptions upstream,
    TimeProvider time,
    GatewayMetrics metrics,
    ILoggerFactory loggers
) : IDisposable
{
    private readonly ChannelPool channels = new(new Uri(options.Address), upstream, loggers);
    private readonly ILogger logger = loggers.CreateLogger<Backend>();
    private readonly Trouble trouble = new(name, loggers.CreateLogger<Backend>());
    private readonly Complaints complaints = new(time);
    private readonly ReopenPacer pacer = new(time, upstream.ReopensPerSecond);

    /// <summary>Its name in the settings.</summary>
    public string Name => name;

    /// <summary>The jobs it has.</summary>
    public IReadOnlyList<JobPattern> Jobs { get; } = JobPattern.ParseList(options.JobIds);

    /// <summary>How many streams are open to it.</summary>
    public int Streams => channels.Streams;

    /// <summary>Whether a watch broke since it can't be reached, ends streams without a reason or breaks the contract, and some still are.</summary>
    public bool IsTroubled => trouble.IsOn;

    /// <param name="request">What to ask for.</param>
    /// <param name="trace">The span of this call; the stream ends it.</param>
    /// <param name="stop">Ends the stream.</param>
    public WatchStream Open(WatchJobRequest request, WatchTrace trace, CancellationToken stop)
    {
        metrics.StreamOpened(name);
        return new WatchStream(channels.Rent(() => metrics.StreamClosed(name)), request, trace, time, stop);
    }

    /// <summary>How long a watch that wants to reopen has to wait for its turn.</summary>
    public TimeSpan NextTurn() => pacer.Reserve();

    /// <summary>A new watch's part in the backend's troubles.</summary>
    public WatchTrouble NewTrouble() => new(trouble);

    /// <summary>A watch ended by a fault that somebody has to look into.</summary>
    public void Ended(string jobId, WatchEnd end, WatchFaultKind cause)
    {
        if ((end is WatchEnd.BackendError or WatchEnd.BadEvent) && complaints.IsNews(jobId))
        {
            UpstreamLog.BreaksContract(logger, name, jobId, end, cause);
        }
    }

    public void Dispose() => channels.Dispose();
}
