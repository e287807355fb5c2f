namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The bounds of a feed's memory.</summary>
/// <param name="RingBytes">The most that it holds of what its furthest viewer has, in bytes.</param>
/// <param name="UnsentBytes">The most that its furthest viewer still has to be sent, in bytes; then the stream is held back.</param>
/// <param name="Memory">The memory of all feeds.</param>
internal sealed record FeedLimits(long RingBytes, long UnsentBytes, FeedMemory Memory);

/// <summary>Counts the memory of all feeds.</summary>
/// <param name="limit">The most there should be, in bytes.</param>
internal sealed class FeedMemory(long limit)
{
    private long bytes;

    /// <summary>The most there should be, in bytes.</summary>
    public long Limit => limit;

    /// <summary>The memory in use, in bytes.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>True if there is more than there should be: feeds then hold only what a viewer still has to be sent.</summary>
    public bool IsOver => Bytes > limit;

    /// <summary>Counts more memory, or less.</summary>
    public void Add(long more) => Interlocked.Add(ref bytes, more);
}
