namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// One of a backend's servers. After a failure it rests; then one watch at a time tries it until one is answered. So a server that accepts
/// connections and says nothing delays a watch now and then, and not its share of all watches.
/// </summary>
/// <param name="place">The host and port.</param>
/// <param name="channels">The connections.</param>
internal sealed class Replica(string place, ChannelPool channels, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private long? failedAt;
    private StreamLease? trial;

    /// <summary>The host and port.</summary>
    public string Place => place;

    /// <summary>The number of open streams.</summary>
    public int Streams => channels.Streams;

    /// <summary>True if it failed and hasn't answered since.</summary>
    public bool IsAway
    {
        get
        {
            lock (gate)
            {
                return failedAt is not null;
            }
        }
    }

    /// <summary>True if it may get a watch when there are others to choose from.</summary>
    public bool IsOffered
    {
        get
        {
            lock (gate)
            {
                return failedAt is not { } at || (trial is null && time.GetElapsedTime(at) >= Rest);
            }
        }
    }

    /// <summary>Takes a place for one stream.</summary>
    /// <param name="failed">Called when a stream there fails.</param>
    /// <param name="returned">Called once the place is given back.</param>
    public StreamLease Rent(Action failed, Action returned)
    {
        var lease = new StreamLease(this, channels, channels.Rent(), failed, returned);
        lock (gate)
        {
            trial = failedAt is not null ? lease : null;
        }

        return lease;
    }

    /// <summary>Records that the replica has answered.</summary>
    public void Answered()
    {
        lock (gate)
        {
            failedAt = null;
            trial = null;
        }
    }

    /// <summary>Records a failure.</summary>
    public void Failed()
    {
        lock (gate)
        {
            failedAt = time.GetTimestamp();
            trial = null;
        }
    }

    /// <summary>Records that a stream is over. If it was the trial, the next one may try.</summary>
    public void Returned(StreamLease lease)
    {
        lock (gate)
        {
            trial = trial == lease ? null : trial;
        }
    }

    public void Dispose() => channels.Dispose();
}
