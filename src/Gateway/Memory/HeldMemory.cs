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
    private const double FixedPart = 0.6;

    /// <summary>The same for streams: those who are in need some to come back to their jobs when newcomers are refused.</summary>
    private const double StreamsPart = 0.68;

    /// <summary>The same from which readers are sent away. It is above the others: what they leave isn't for newcomers or streams.</summary>
    private const double ShedFixedPart = 0.7;

    /// <summary>The same for subscriptions of those who are in.</summary>
    private const double SubscriptionsPart = 0.75;

    private readonly long[] steps = [0, Part(limit, 0.5), Part(limit, 0.65), Part(limit, 0.8), Part(limit, 0.9)];
    private readonly long fixedLimit = Part(limit, FixedPart);
    private readonly long shedFixedLimit = Part(limit, ShedFixedPart);
    private readonly long streamsLimit = Part(limit, StreamsPart);
    private readonly long subscriptionsLimit = Part(limit, SubscriptionsPart);
    private readonly Lock gate = new();
    private TaskCompletionSource pressed = NewSource();
    private long total;
    private long ofFixed;

    /// <summary>Memory without a limit worth the name, for parts that are used by themselves.</summary>
    public static HeldMemory Plenty => new(long.MaxValue);

    /// <summary>The most that there should be, in bytes.</summary>
    public long Limit => limit;

    /// <summary>The most that connections and streams may take by themselves, in bytes.</summary>
    public long FixedLimit => fixedLimit;

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
    public long Excess => Math.Max(Bytes - Part(steps[(int)Pressure.Shed], 0.95), Volatile.Read(ref ofFixed) - Part(shedFixedLimit, 0.95));

    /// <summary>True if readers have to be sent away.</summary>
    public bool MustShed => Pressure >= Pressure.Shed || Volatile.Read(ref ofFixed) >= shedFixedLimit;

    /// <summary>True if there is room for another connection.</summary>
    public bool HasRoom => HasRoomBelow(fixedLimit);

    /// <summary>True if there is room for another stream.</summary>
    public bool HasRoomForStream => HasRoomBelow(streamsLimit);

    /// <summary>True if there is room for another subscription of a client that is in.</summary>
    public bool HasRoomForSubscription => HasRoomBelow(subscriptionsLimit);

    /// <summary>Counts more of what waits for clients, or less.</summary>
    public void Add(long bytes)
    {
        var now = Interlocked.Add(ref total, bytes);
        SignalIf(steps[(int)Pressure.Shed], now - bytes, now);
    }

    /// <summary>Counts what work takes that isn't done at once.</summary>
    public ValueTask WhileAsync(ValueTask work, int bytes) => work.IsCompletedSuccessfully ? work : CountAsync(work, bytes);

    /// <summary>Counts what a connection or a stream takes by itself, or, with a negative number, one that is gone.</summary>
    public void AddFixed(int bytes)
    {
        var now = Interlocked.Add(ref ofFixed, bytes);
        SignalIf(shedFixedLimit, now - bytes, now);
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

    private bool HasRoomBelow(long most) => Bytes < steps[(int)Pressure.Refuse] && Volatile.Read(ref ofFixed) < most;

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
