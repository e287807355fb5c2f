namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// One of a backend's servers. After a failure it rests; then one watch at a time tries it, until one is answered. So a server that takes
/// connections and says nothing costs a watch now and then, not its share of all.
/// </summary>
/// <param name="place">Where it is, as host and port.</param>
/// <param name="channels">Its connections.</param>
/// <param name="time">The clock.</param>
internal sealed class Replica(string place, ChannelPool channels, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private long? failedAt;
    private ReplicaLease? trial;

    /// <summary>Where it is, as host and port.</summary>
    public string Place => place;

    public int Streams => channels.Streams;

    /// <summary>Whether it failed, and nobody has heard of it since.</summary>
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

    /// <summary>Whether a watch may be sent there, where there is a choice.</summary>
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

    /// <param name="failed">Called when a stream there fails.</param>
    /// <param name="returned">Called once the place is given back.</param>
    public ReplicaLease Rent(Action failed, Action returned)
    {
        var lease = new ReplicaLease(this, channels.Rent(), failed, returned);
        lock (gate)
        {
            trial = failedAt is not null ? lease : null;
        }

        return lease;
    }

    public void Answered()
    {
        lock (gate)
        {
            failedAt = null;
            trial = null;
        }
    }

    public void Failed()
    {
        lock (gate)
        {
            failedAt = time.GetTimestamp();
            trial = null;
        }
    }

    /// <summary>A watch is over. If it was the one that tried, the next may.</summary>
    public void Returned(ReplicaLease lease)
    {
        lock (gate)
        {
            trial = trial == lease ? null : trial;
        }
    }

    public void Dispose() => channels.Dispose();
}
