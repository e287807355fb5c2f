namespace OptimizationGateway.Gateway.Watching;

/// <summary>Exponential backoff with full jitter above a floor, PROTOCOL.md section 9: 0.2 s at the least, 5 s at the most.</summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(5);

    private int attempts;

    public void Reset() => attempts = 0;

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        // 0.4 s, 0.8 s … 5 s; the exponent stops where the ceiling is long reached.
        var upper = Floor * (1 << Math.Min(++attempts, 8));
        upper = upper < Ceiling ? upper : Ceiling;
        return Floor + ((upper - Floor) * random.NextDouble());
    }
}
