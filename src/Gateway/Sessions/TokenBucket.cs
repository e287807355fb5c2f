namespace OptimizationGateway.Gateway.Sessions;

/// <summary>So many in the long run, and a few more at once. Its owner sees to it that one thread at a time uses it.</summary>
/// <param name="time">The clock.</param>
/// <param name="perSecond">How many a second in the long run.</param>
/// <param name="burst">How many at once.</param>
internal sealed class TokenBucket(TimeProvider time, int perSecond, int burst)
{
    private double tokens = burst;
    private long filled = time.GetTimestamp();

    /// <summary>Whether nothing was taken for so long that a whole burst is there again.</summary>
    public bool IsFull { get; private set; } = true;

    /// <summary>Whether one could be taken.</summary>
    public bool HasOne
    {
        get
        {
            Fill();
            return tokens >= 1;
        }
    }

    public bool TryTake()
    {
        Fill();
        IsFull = tokens >= burst;
        if (tokens < 1)
        {
            return false;
        }

        tokens--;
        return true;
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + (time.GetElapsedTime(filled, now).TotalSeconds * perSecond));
        filled = now;
    }
}
