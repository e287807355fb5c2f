namespace OptimizationGateway.Gateway.Watching;

/// <summary>Exponential backoff with full jitter between 0.2 s and 5 s, PROTOCOL.md section 9.</summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(5);

    private int attempts;

    /// <summary>Forgets earlier attempts.</summary>
    public void Reset() => attempts = 0;

    /// <summary>Returns the wait before the next attempt, and counts the attempt.</summary>
    public TimeSpan Next()
    {
        // 0.4 s, 0.8 s … 5 s; the exponent stops where the ceiling is long reached.
        var upper = Floor * (1 << Math.Min(++attempts, 8));
        upper = upper < Ceiling ? upper : Ceiling;
        return Floor + ((upper - Floor) * random.NextDouble());
    }
}
