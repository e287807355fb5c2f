using System.Net;
using Google.Protobuf;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>A source of jobs: one gRPC server, or several replicas that have the same jobs.</summary>
internal sealed class Backend : IAsyncDisposable
{
    /// <summary>The most replicas that are asked for a list.</summary>
    private const int MostAttempts = 3;

    private readonly UpstreamOptions upstream;
    private readonly ArrivalBudget budget;
    private readonly HeldMemory held;
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
    private readonly BackendHealth health;
    private readonly LogThrottle breaches;
    private readonly LogThrottle lists;
    private bool isWithoutAddress;

    public Backend(
        string name,
        BackendOptions options,
        UpstreamOptions upstream,
        ArrivalBudget budget,
        HeldMemory held,
        NameLookup lookup,
        TimeProvider time,
        GatewayMetrics metrics,
        ILoggerFactory loggers
    )
    {
        this.upstream = upstream;
        this.budget = budget;
        this.held = held;
        this.time = time;
        this.metrics = metrics;
        this.loggers = loggers;
        this.lookup = lookup;
        Name = name;
        Jobs = WildcardPattern.ParseList(options.JobIds);
        logger = loggers.CreateLogger<Backend>();
        health = new BackendHealth(name, logger);
        breaches = new LogThrottle(time);
        lists = new LogThrottle(time);
        Opens = new OpenPacer(time, upstream.OpensPerSecond, upstream.CatchUps, held);

        var path = $"Gateway:Backends:{name}";
        var faults = new List<string>();
        var address = BackendAddress.Parse(path, options, faults) ?? throw new InvalidOperationException(string.Join("; ", faults));
        metadata = StaticMetadata.Parse(path, options.Metadata, faults);
        takesToken = options.ForwardAuthorization;
        takesHeaders = ForwardedNames.Parse(options.ForwardHeaders);
        tls = address.IsTls ? new BackendTls(name, options.Tls, time, logger) : null;
        replicas = new ReplicaSet(address, OpenReplica, WatchName);
    }

    /// <summary>The backend's name in the settings.</summary>
    public string Name { get; }

    /// <summary>The patterns of its jobs' ids.</summary>
    public IReadOnlyList<WildcardPattern> Jobs { get; }

    /// <summary>The number of open streams.</summary>
    public int Streams => replicas.Streams;

    /// <summary>True while at least one watch is broken because the backend can't be reached, ends streams without a reason or breaks the contract.</summary>
    public bool IsTroubled => health.IsTroubled;

    /// <summary>The number of replicas.</summary>
    public int Replicas => replicas.Count;

    /// <summary>The number of replicas that failed and haven't answered since.</summary>
    public int ReplicasAway => replicas.Away;

    /// <summary>The turns to open streams.</summary>
    public OpenPacer Opens { get; }

    /// <summary>The names of the callers' headers that it is sent, in lower case.</summary>
    public IReadOnlyList<string> ForwardedHeaders => takesHeaders;

    /// <summary>The memory of all clients.</summary>
    public HeldMemory Held => held;

    /// <summary>The limits and timeouts of its watches.</summary>
    public UpstreamOptions Options => upstream;

    /// <summary>The time that a stream may take to be confirmed. A silent replica must leave time to ask another, if there is one.</summary>
    public TimeSpan ConfirmsWithin => replicas.Count > 1 ? upstream.OpenTimeout / 2 : upstream.OpenTimeout;

    /// <summary>Opens a stream.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">The caller's headers; the settings say which of them this backend gets.</param>
    /// <param name="trace">The span of this call; the stream ends it.</param>
    /// <param name="stop">Ends the stream.</param>
    public WatchStream Open(WatchJobRequest request, CallerHeaders caller, WatchTrace trace, CancellationToken stop)
    {
        metrics.StreamOpened(Name);
        var ofCaller = caller.Select(takesToken, takesHeaders);
        return new WatchStream(
            replicas.Rent(() => metrics.StreamClosed(Name)),
            request,
            [.. metadata, .. ofCaller, .. trace.Headers],
            takesToken && caller.HasToken,
            ofCaller.Count > 0,
            trace,
            held,
            time,
            stop
        );
    }

    /// <summary>Asks for a page of its jobs.</summary>
    public Task<JobsAnswer> ListJobsAsync(JobsQuestion question, CallerHeaders caller, CancellationToken stop) =>
        AskAsync(JobsMethods.ListJobs, question.ToRequest(), caller, stop);

    /// <summary>Asks for one of its jobs.</summary>
    public Task<JobsAnswer> GetJobAsync(string jobId, CallerHeaders caller, CancellationToken stop) =>
        AskAsync(JobsMethods.GetJob, new GetJobRequest { JobId = jobId }, caller, stop);

    /// <summary>Hashes what this backend is sent of a caller.</summary>
    /// <returns>Empty if that is nothing.</returns>
    public string FingerprintOf(CallerHeaders caller) => caller.Fingerprint(takesToken, takesHeaders);

    /// <summary>Creates a watch's share in the backend's health.</summary>
    public WatchHealth NewWatch(string jobId) => new(health, jobId);

    /// <summary>Logs that a watch ended by a fault that an operator has to look into.</summary>
    public void EndedBy(string jobId, string end, WatchFault fault)
    {
        if (!breaches.TryTake(jobId))
        {
            return;
        }

        if (fault.Headers is { } headers)
        {
            var limit = headers.Limit is { } known ? $"{known}" : "fewer";
            BackendLog.HeadersTooLarge(logger, Name, LogText.OneLine(jobId), headers.Bytes, limit);
        }
        else
        {
            BackendLog.BreaksContract(logger, Name, LogText.OneLine(jobId), end, fault.Cause);
        }
    }

    public ValueTask DisposeAsync()
    {
        Opens.Dispose();
        return replicas.DisposeAsync();
    }

    /// <summary>Makes a call of JobsService. A replica that can't be reached leaves time to ask another, if there is one.</summary>
    private async Task<JobsAnswer> AskAsync(
        Method<IMessage, Box<ListedJobs?>> method,
        IMessage request,
        CallerHeaders caller,
        CancellationToken stop
    )
    {
        Metadata headers = [.. metadata, .. caller.Select(takesToken, takesHeaders)];
        JobsAnswer answer;
        var attempts = Math.Min(MostAttempts, replicas.Count);
        do
        {
            using var lease = replicas.Rent(static () => { });
            answer = await JobsCall.MakeAsync(lease, method, request, headers, takesToken && caller.HasToken, stop);
        } while (answer.Fault?.Kind == WatchFaultKind.Unavailable && --attempts > 0);

        metrics.JobsAsked(Name, answer.Result);
        if (answer.Fault is { Kind: not (WatchFaultKind.Unimplemented or WatchFaultKind.NotFound) } fault && lists.TryTake(fault.Cause))
        {
            BackendLog.ListFails(logger, Name, method.Name, fault.Cause);
        }

        return answer;
    }

    /// <summary>Creates a replica.</summary>
    /// <param name="url">The replica's URL.</param>
    /// <param name="at">The address behind the URL's name; null for whichever answers.</param>
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

    /// <summary>Starts to look up a name. A lookup that fails or finds nothing changes nothing: the addresses found before are likelier to be right.</summary>
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
                    BackendLog.HasNoAddress(logger, Name, host);
                }

                isWithoutAddress = addresses.Count == 0;
            }
        );
}
