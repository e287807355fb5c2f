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
    private bool isTroubled;
    private readonly ReopenPacer pacer = new(time, upstream.ReopensPerSecond);

    /// <summary>Its name in the settings.</summary>
    public string Name => name;

    /// <summary>The jobs it has.</summary>
    public IReadOnlyList<JobPattern> Jobs { get; } = JobPattern.ParseList(options.JobIds);

    /// <summary>How many streams are open to it.</summary>
    public int Streams => channels.Streams;

    /// <summary>Whether the last that was heard of it is that it can't be reached, ends streams without a reason or breaks the contract.</summary>
    public bool IsTroubled => Volatile.Read(ref isTroubled);

    public WatchStream Open(WatchJobRequest request, CancellationToken stop)
    {
        metrics.StreamOpened(name);
        return new WatchStream(channels.Rent(() => metrics.StreamClosed(name)), request, time, stop);
    }

    /// <summary>How long a watch that wants to reopen has to wait for its turn.</summary>
    public TimeSpan NextTurn() => pacer.Reserve();

    /// <summary>A watch was confirmed: whatever was wrong is over.</summary>
    public void Answered()
    {
        if (Interlocked.Exchange(ref isTroubled, value: false))
        {
            UpstreamLog.Answers(logger, name);
        }
    }

    /// <summary>A watch broke. The log hears of the first of an episode: a restart breaks thousands at once.</summary>
    public void Failed(WatchFaultKind cause)
    {
        // A backend that says no to one client is not in trouble, and of silence the reopened stream will tell.
        var isTrouble = cause is WatchFaultKind.Unavailable or WatchFaultKind.EndedEarly or WatchFaultKind.Breach;
        if (isTrouble && !Interlocked.Exchange(ref isTroubled, value: true))
        {
            UpstreamLog.Fails(logger, name, cause);
        }
    }

    /// <summary>A watch ended by a fault that somebody has to look into.</summary>
    public void Ended(string jobId, WatchEnd end, WatchFaultKind cause)
    {
        if (end is WatchEnd.BackendError or WatchEnd.BadEvent)
        {
            UpstreamLog.BreaksContract(logger, name, jobId, end, cause);
        }
    }

    public void Dispose() => channels.Dispose();
}
