using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The bounds of a feed's memory.</summary>
/// <param name="RingBytes">The most that it holds of what its furthest viewer has, in bytes.</param>
/// <param name="UnsentBytes">The most that its furthest viewer still has to be sent, in bytes; then the stream is held back.</param>
/// <param name="Memory">The memory of all feeds.</param>
internal sealed record FeedLimits(long RingBytes, long UnsentBytes, FeedMemory Memory)
{
    private const int ShrunkParts = 4;

    /// <summary>
    /// The most that it holds at present of what its furthest viewer has, in bytes. It keeps some under any pressure: viewers are always a few
    /// events apart, and one that falls off the ring costs a stream of its own.
    /// </summary>
    public long RingNow =>
        Memory.Held.Pressure switch
        {
            Pressure.None => RingBytes,
            Pressure.ShrinkRings => Math.Min(RingBytes, Math.Max(RingBytes / ShrunkParts, MemoryPlan.LeastPerSubscription)),
            _ => Math.Min(RingBytes, MemoryPlan.LeastPerSubscription),
        };

    /// <summary>The most that the furthest viewer still has to be sent at present, in bytes.</summary>
    public long UnsentNow =>
        Memory.Held.Pressure < Pressure.HoldBack ? UnsentBytes : Math.Min(UnsentBytes, MemoryPlan.LeastPerSubscription);
}

/// <summary>Counts the memory of all feeds.</summary>
/// <param name="limit">The most there should be, in bytes.</param>
/// <param name="held">The memory of all clients, which it is a part of.</param>
internal sealed class FeedMemory(long limit, HeldMemory held)
{
    private long bytes;

    /// <summary>The most there should be, in bytes.</summary>
    public long Limit => limit;

    /// <summary>The memory in use, in bytes.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>True if there is more than there should be: feeds then hold only what a viewer still has to be sent.</summary>
    public bool IsOver => Bytes > limit;

    /// <summary>The memory of all clients.</summary>
    public HeldMemory Held => held;

    /// <summary>Counts more memory, or less.</summary>
    public void Add(long more)
    {
        Interlocked.Add(ref bytes, more);
        held.Add(more);
    }
}
