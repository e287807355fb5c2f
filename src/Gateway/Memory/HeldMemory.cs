namespace OptimizationGateway.Gateway.Memory;

/// <summary>
/// Counts the memory that the gateway holds for its clients: what waits in outboxes, rings, frames and the windows of streams, and what
/// connections and streams take by themselves. Any thread may count. It frees nothing: each part looks at the <see cref="Pressure"/> and
/// takes its measure.
/// </summary>
/// <param name="limit">The most that there should be, in bytes.</param>
internal sealed class HeldMemory(long limit)
{
    /// <summary>The part of the limit that connections, subscriptions and streams may take by themselves before newcomers are refused.</summary>
    private const double NewcomersPart = 0.6;

    /// <summary>
    /// The same for streams: those who are in need some to come back to their jobs when newcomers are refused. What waits for clients takes
    /// another seventh, and at 80 % some are sent away: with 70 % for streams readers were, and came back, for ever (docs/decisions/0013).
    /// </summary>
    private const double StreamsPart = 0.65;

    /// <summary>
    /// The part that connections and subscriptions may take before readers are sent away. It is between the two: who is sent away isn't replaced
    /// by newcomers, and there is always room for streams.
    /// </summary>
    private const double ShedPart = 0.62;

    /// <summary>The part that connections and subscriptions may take before those who are in can't subscribe to more.</summary>
    private const double SubscriptionsPart = 0.75;

    /// <summary>The part of a threshold down to which readers are sent away: a little more goes than is too much.</summary>
    private const double AfterShedding = 0.95;

    private readonly long[] steps = [0, Part(limit, 0.5), Part(limit, 0.65), Part(limit, 0.8), Part(limit, 0.9)];
    private readonly long newcomersLimit = Part(limit, NewcomersPart);
    private readonly long streamsLimit = Part(limit, StreamsPart);
    private readonly long shedLimit = Part(limit, ShedPart);
    private readonly long subscriptionsLimit = Part(limit, SubscriptionsPart);
    private readonly Lock gate = new();
    private TaskCompletionSource pressed = NewSource();
    private long total;
    private long ofClients;
    private long ofStreams;

    /// <summary>Memory without a limit worth the name, for parts that are used by themselves.</summary>
    public static HeldMemory Plenty => new(long.MaxValue);

    /// <summary>The most that there should be, in bytes.</summary>
    public long Limit => limit;

    /// <summary>The most that connections, subscriptions and streams may take by themselves before newcomers are refused, in bytes.</summary>
    public long FixedLimit => newcomersLimit;

    /// <summary>The memory that is held, in bytes.</summary>
    public long Bytes => Volatile.Read(ref total);

    /// <summary>The present pressure.</summary>
    public Pressure Pressure
    {
        get
        {
            var (bytes, step) = (Bytes, (int)Pressure.Refuse);
            while (step > 0 && bytes < steps[step])
            {
                step--;
            }

            return (Pressure)step;
        }
    }

    /// <summary>The memory beyond the point from which readers are sent away, and a little more, in bytes; 0 or less if there is none.</summary>
    public long Excess => Math.Max(Bytes - Part(steps[(int)Pressure.Shed], AfterShedding), OfClients - Part(shedLimit, AfterShedding));

    /// <summary>True if readers have to be sent away.</summary>
    public bool MustShed => Pressure >= Pressure.Shed || OfClients >= shedLimit;

    /// <summary>True if there is room for another connection.</summary>
    public bool HasRoom => IsBelow(OfClients + OfStreams, newcomersLimit);

    /// <summary>True if there is room for another stream.</summary>
    public bool HasRoomForStream => IsBelow(OfClients + OfStreams, streamsLimit);

    /// <summary>True if there is room for another subscription of a client that is in.</summary>
    public bool HasRoomForSubscription => IsBelow(OfClients, subscriptionsLimit);

    /// <summary>Counts more of what waits for clients, or less.</summary>
    public void Add(long bytes)
    {
        var now = Interlocked.Add(ref total, bytes);
        SignalIf(steps[(int)Pressure.Shed], now - bytes, now);
    }

    /// <summary>Counts what work takes that isn't done at once.</summary>
    public ValueTask WhileAsync(ValueTask work, int bytes) => work.IsCompletedSuccessfully ? work : CountAsync(work, bytes);

    /// <summary>Counts what a connection or a subscription takes by itself, or, with a negative number, one that is gone.</summary>
    public void AddFixed(int bytes)
    {
        var now = Interlocked.Add(ref ofClients, bytes);
        SignalIf(shedLimit, now - bytes, now);
        Add(bytes);
    }

    /// <summary>Counts what a stream takes by itself, or, with a negative number, one that is gone.</summary>
    public void AddStream(int bytes)
    {
        Interlocked.Add(ref ofStreams, bytes);
        Add(bytes);
    }

    /// <summary>Completes when readers have to be sent away; at once if they have to now.</summary>
    public Task PressedAsync(CancellationToken stop)
    {
        lock (gate)
        {
            if (pressed.Task.IsCompleted)
            {
                pressed = NewSource();
            }

            if (MustShed)
            {
                pressed.TrySetResult();
            }

            return pressed.Task.WaitAsync(stop);
        }
    }

    private long OfClients => Volatile.Read(ref ofClients);

    private long OfStreams => Volatile.Read(ref ofStreams);

    private bool IsBelow(long taken, long most) => Bytes < steps[(int)Pressure.Refuse] && taken < most;

    private static long Part(long whole, double part) => (long)(whole * part);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask CountAsync(ValueTask work, int bytes)
    {
        Add(bytes);
        try
        {
            await work;
        }
        finally
        {
            Add(-bytes);
        }
    }

    private void SignalIf(long threshold, long before, long now)
    {
        if (before < threshold && now >= threshold)
        {
            lock (gate)
            {
                pressed.TrySetResult();
            }
        }
    }
}
