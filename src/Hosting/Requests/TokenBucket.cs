namespace OptimizationGateway.Hosting.Requests;

/// <summary>A token bucket: a rate in the long run, and a burst at once. Not thread-safe.</summary>
/// <param name="perSecond">The tokens a second.</param>
/// <param name="burst">The most tokens at once.</param>
public sealed class TokenBucket(TimeProvider time, int perSecond, int burst)
{
    private double tokens = burst;
    private long filled = time.GetTimestamp();

    /// <summary>True if the bucket was full at the last take.</summary>
    public bool IsFull { get; private set; } = true;

    /// <summary>True if a token could be taken now.</summary>
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
