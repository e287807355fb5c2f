namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Spaces out the reopening of one backend's streams: after a restart thousands of watches come back at once, and each costs the backend a
/// read of its log.
/// </summary>
/// <param name="perSecond">The number of streams that may reopen in a second.</param>
internal sealed class ReopenPacer(TimeProvider time, int perSecond)
{
    private readonly TimeSpan spacing = TimeSpan.FromSeconds(1) / perSecond;
    private readonly Lock gate = new();
    private readonly long began = time.GetTimestamp();
    private TimeSpan nextFree;

    /// <summary>Reserves the next turn.</summary>
    /// <returns>The wait for it.</returns>
    public TimeSpan Reserve()
    {
        lock (gate)
        {
            var now = time.GetElapsedTime(began);
            var turn = nextFree > now ? nextFree : now;
            nextFree = turn + spacing;
            return turn - now;
        }
    }
}
