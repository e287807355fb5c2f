namespace OptimizationGateway.Faults.Proxy;

/// <summary>One direction of a proxy: its conditions, and how often they were felt.</summary>
internal sealed class Lane(Random random)
{
    private readonly Lock gate = new();
    private Conditions conditions = Conditions.Fair;
    private Conditions usual = Conditions.Fair;
    private TaskCompletionSource changed = NewSource();
    private int felt;

    public Conditions Conditions
    {
        get
        {
            lock (gate)
            {
                return conditions;
            }
        }
    }

    /// <summary>Completes when the conditions are others than now.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
            {
                return changed.Task;
            }
        }
    }

    /// <summary>How many reads were held, slowed or swallowed by a fault so far.</summary>
    public int Felt => Volatile.Read(ref felt);

    /// <summary>What holds when no fault does: a slow line stays slow.</summary>
    public void SetUsual(Conditions value)
    {
        lock (gate)
        {
            var isFair = conditions == usual;
            usual = value;
            if (isFair)
            {
                Set(value);
            }
        }
    }

    public void Begin(Func<Conditions, Conditions> fault)
    {
        lock (gate)
        {
            Set(fault(usual));
        }
    }

    public void End()
    {
        lock (gate)
        {
            Set(usual);
        }
    }

    public void Feel()
    {
        lock (gate)
        {
            felt += conditions == usual ? 0 : 1;
        }
    }

    /// <summary>Bytes waited for a pause to end; by then the conditions are fair again.</summary>
    public void FeelPause() => Interlocked.Increment(ref felt);

    /// <summary>How long this read is held.</summary>
    public TimeSpan NextDelay()
    {
        lock (gate)
        {
            return conditions.Delay + (conditions.Jitter * random.NextDouble());
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Set(Conditions value)
    {
        conditions = value;
        var before = changed;
        changed = NewSource();
        before.TrySetResult();
    }
}
