using System.Net;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>Who has jobs: one gRPC server, or several replicas that have the same ones.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly UpstreamOptions upstream;
    private readonly MemoryBudget budget;
    private readonly TimeProvider time;
    private readonly GatewayMetrics metrics;
    private readonly ILogger logger;
    private readonly ILoggerFactory loggers;
    private readonly NameLookup lookup;
    private readonly BackendTls? tls;
    private readonly ReplicaSet replicas;
    private readonly Metadata metadata;
    private readonly bool takesToken;
    private readonly IReadOnlyList<string> takesHeaders;
    private readonly Trouble trouble;
    private readonly Complaints complaints;
    private readonly ReopenPacer pacer;
    private bool isWithoutAddress;

    public Backend(
        string name,
        BackendOptions options,
        UpstreamOptions upstream,
        MemoryBudget budget,
        NameLookup lookup,
        TimeProvider time,
        GatewayMetrics metrics,
        ILoggerFactory loggers
    )
    {
        this.upstream = upstream;
        this.budget = budget;
        this.time = time;
        this.metrics = metrics;
        this.loggers = loggers;
        this.lookup = lookup;
        Name = name;
        Jobs = JobPattern.ParseList(options.JobIds);
        logger = loggers.CreateLogger<Backend>();
        trouble = new Trouble(name, logger);
        complaints = new Complaints(time);
        pacer = new ReopenPacer(time, upstream.ReopensPerSecond);

        var path = $"Gateway:Backends:{name}";
        var faults = new List<string>();
        var address = BackendAddress.Parse(path, options, faults) ?? throw new InvalidOperationException(string.Join("; ", faults));
        metadata = StaticMetadata.Parse(path, options.Metadata, faults);
        takesToken = options.ForwardAuthorization;
        takesHeaders = ForwardedNames.Parse(options.ForwardHeaders);
        tls = address.IsTls ? new BackendTls(name, options.Tls, time, logger) : null;
        replicas = new ReplicaSet(address, OpenReplica, WatchName);
    }

    /// <summary>Its name in the settings.</summary>
    public string Name { get; }

    /// <summary>The jobs it has.</summary>
    public IReadOnlyList<JobPattern> Jobs { get; }

    /// <summary>How many streams are open to it.</summary>
    public int Streams => replicas.Streams;

    /// <summary>Whether a watch broke since it can't be reached, ends streams without a reason or breaks the contract, and some still are.</summary>
    public bool IsTroubled => trouble.IsOn;

    /// <summary>How many replicas it has.</summary>
    public int Replicas => replicas.Count;

    /// <summary>How many of them failed, and weren't heard of since.</summary>
    public int ReplicasAway => replicas.Away;

    /// <summary>How long a stream may take to be confirmed. Where there are others to ask, one that says nothing must leave time for that.</summary>
    public TimeSpan ConfirmsWithin => replicas.Count > 1 ? upstream.OpenTimeout / 2 : upstream.OpenTimeout;

    /// <param name="request">What to ask for.</param>
    /// <param name="caller">Whose watch it is; this backend gets of it what its settings say.</param>
    /// <param name="trace">The span of this call; the stream ends it.</param>
    /// <param name="stop">Ends the stream.</param>
    public WatchStream Open(WatchJobRequest request, CallerHeaders caller, WatchTrace trace, CancellationToken stop)
    {
        metrics.StreamOpened(Name);
        return new WatchStream(
            replicas.Rent(() => metrics.StreamClosed(Name)),
            request,
            [.. metadata, .. caller.Select(takesToken, takesHeaders), .. trace.Headers],
            takesToken && caller.HasToken,
            trace,
            time,
            stop
        );
    }

    /// <summary>How long a watch that wants to reopen has to wait for its turn.</summary>
    public TimeSpan NextTurn() => pacer.Reserve();

    /// <summary>A new watch's part in the backend's troubles.</summary>
    public WatchTrouble NewTrouble(string jobId) => new(trouble, jobId);

    /// <summary>A watch ended by a fault that somebody has to look into.</summary>
    public void Ended(string jobId, WatchEnd end, WatchFaultKind cause)
    {
        if ((end is WatchEnd.BackendError or WatchEnd.BadEvent) && complaints.IsNews(jobId))
        {
            UpstreamLog.BreaksContract(logger, Name, LogText.OneLine(jobId), end, cause);
        }
    }

    public ValueTask DisposeAsync() => replicas.DisposeAsync();

    /// <param name="url">Its URL.</param>
    /// <param name="at">Which address of those behind the URL's name; null: whichever answers.</param>
    private Replica OpenReplica(Uri url, IPAddress? at)
    {
        // The client library takes the name to look for in a certificate from the URL alone.
        var named = tls is { ServerName.Length: > 0 } ? new UriBuilder(url) { Host = tls.ServerName }.Uri : url;
        EndPoint? place =
            at is not null ? new IPEndPoint(at, url.Port)
            : named != url ? new DnsEndPoint(url.IdnHost, url.Port)
            : null;
        return new Replica(
            at is not null ? $"{new IPEndPoint(at, url.Port)}" : url.Authority,
            new ChannelPool(named, place, tls, upstream, budget, loggers),
            time
        );
    }

    /// <summary>A lookup that fails or finds nothing changes nothing: what was found before is likelier to be right.</summary>
    private NameWatch WatchName(string host, Action<IReadOnlyList<IPAddress>> found) =>
        new(
            host,
            lookup,
            upstream.DnsRefreshInterval,
            time,
            addresses =>
            {
                if (addresses.Count > 0)
                {
                    found(addresses);
                }
                else if (!isWithoutAddress)
                {
                    UpstreamLog.HasNoAddress(logger, Name, host);
                }

                isWithoutAddress = addresses.Count == 0;
            }
        );
}
