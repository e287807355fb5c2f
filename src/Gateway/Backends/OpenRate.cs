namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The rate of opens: no second has more than <paramref name="perSecond"/>, wherever it begins. A twentieth may come at once. Pure.
/// </summary>
internal sealed class OpenRate(int perSecond)
{
    private const int BurstParts = 20;
    private const double Rounding = 1e-6;

    private readonly int burst = Math.Max(1, perSecond / BurstParts);
    private double tokens = Math.Max(1, perSecond / BurstParts);
    private TimeSpan filledAt;

    /// <summary>The tokens of a second: with a burst before them they are one fewer than would make a second's opens too many.</summary>
    private double Refill => perSecond + 1 - burst;

    /// <summary>Takes a token.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryTake(TimeSpan now)
    {
        tokens = Math.Min(burst, tokens + (Math.Max(0, (now - filledAt).TotalSeconds) * Refill));
        filledAt = now;
        if (tokens < 1 - Rounding)
        {
            return false;
        }

        tokens--;
        return true;
    }

    /// <summary>Returns the time until the next token, after <see cref="TryTake"/> found none.</summary>
    public TimeSpan Wait() => TimeSpan.FromSeconds(Math.Max(0, (1 - tokens) / Refill));
}
