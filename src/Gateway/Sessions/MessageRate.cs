namespace OptimizationGateway.Gateway.Sessions;

/// <summary>A token bucket for one client's messages: the receive loop's own, so it needs no lock and no timer.</summary>
internal sealed class MessageRate(TimeProvider time, int perSecond, int burst)
{
    private double tokens = burst;
    private long filled = time.GetTimestamp();
    private int refused;

    /// <summary>Whether the client was refused so often, without a pause between, that it has to go.</summary>
    public bool IsExceeded => refused >= burst;

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + (time.GetElapsedTime(filled, now).TotalSeconds * perSecond));
        filled = now;
        if (tokens >= burst)
        {
            // Only a client that has been quiet for a while is forgiven: one that floods gets a token now and then, too.
            refused = 0;
        }

        if (tokens < 1)
        {
            refused++;
            return false;
        }

        tokens--;
        return true;
    }
}
