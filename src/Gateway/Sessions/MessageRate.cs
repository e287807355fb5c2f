namespace OptimizationGateway.Gateway.Sessions;

/// <summary>A token bucket for one client's messages: the receive loop's own, so it needs no lock and no timer.</summary>
internal sealed class MessageRate(TimeProvider time, int perSecond, int burst)
{
    private double tokens = burst;
    private long filled = time.GetTimestamp();
    private int refused;

    /// <summary>Whether the client was refused so often in a row that it has to go.</summary>
    public bool IsExceeded => refused >= burst;

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + (time.GetElapsedTime(filled, now).TotalSeconds * perSecond));
        filled = now;
        if (tokens < 1)
        {
            refused++;
            return false;
        }

        refused = 0;
        tokens--;
        return true;
    }
}
