namespace OptimizationGateway.Gateway.Memory;

/// <summary>The bounds of what the gateway holds for clients, as they fit into the memory that the process may use.</summary>
/// <param name="LimitBytes">The most that there should be in all.</param>
/// <param name="ConnectionBytes">The most that may wait for one connection.</param>
/// <param name="SubscriptionBytes">The most that may wait for one subscription.</param>
internal sealed record MemoryPlan(long LimitBytes, int ConnectionBytes, int SubscriptionBytes)
{
    /// <summary>The least that a subscription needs to be sent anything in time, in bytes.</summary>
    public const int LeastPerSubscription = 64 * 1024;

    /// <summary>The memory that the process takes of its heap with no client, in bytes.</summary>
    private const int Base = 32 * 1024 * 1024;

    private const int LeastWindow = 65_535;

    private const int LeastLimit = 16 * 1024 * 1024;

    /// <param name="heapBytes">The most that the process's heap may take: a limit set for the heap, or 55 % of a container's memory.</param>
    /// <param name="setBytes">The limit as it is set; null if it is to be derived.</param>
    /// <param name="connectionBytes">The most that is to wait for one connection.</param>
    /// <param name="subscriptionBytes">The most that is to wait for one subscription.</param>
    public static MemoryPlan Of(long heapBytes, long? setBytes, int connectionBytes, int subscriptionBytes)
    {
        // The other half is for garbage that isn't collected yet, for pools, and for messages that are arriving.
        var limit = setBytes ?? Math.Max(LeastLimit, (heapBytes - Base) / 2);
        return new MemoryPlan(
            limit,
            (int)Math.Clamp(limit / 16, LeastPerSubscription, connectionBytes),
            (int)Math.Clamp(limit / 256, LeastPerSubscription, subscriptionBytes)
        );
    }

    /// <summary>The HTTP/2 window of a stream, in bytes: as it is set, or less where memory is small, but never less than HTTP/2's default.</summary>
    public int WindowBytes(int setBytes) => (int)Math.Clamp(LimitBytes / 1024, LeastWindow, setBytes);

    /// <summary>The number of connections that fit, if each has a subscription to a shared job and nothing waits for it.</summary>
    public long IdleConnections => new HeldMemory(LimitBytes).FixedLimit / (Costs.Connection + Costs.Subscription);

    /// <summary>The number of readers that take nothing and fit, each on a connection of its own. While memory is short they have no streams.</summary>
    public long SlowReaders => LimitBytes * 8 / 10 / (Costs.Connection + Costs.Subscription + Costs.StuckWrite + LeastPerSubscription);
}
