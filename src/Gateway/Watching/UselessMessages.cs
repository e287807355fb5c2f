using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// Bounds the messages of one watch that tell nothing new: empty and unknown ones, heartbeats, duplicates. A backend that sends them
/// without end costs a core and looks alive. The allowance is a token bucket that reopening doesn't refill, PROTOCOL.md section 9.
/// </summary>
internal sealed class UselessMessages
{
    /// <summary>The most useless messages that a backend may send at once.</summary>
    public const int Burst = 10_000;

    /// <summary>The most a second in the long run: far above any heartbeat.</summary>
    public const int PerSecond = 100;

    /// <summary>The size that counts as one message; a larger one counts as several.</summary>
    public const int UnitBytes = 16 * 1024;

    /// <summary>
    /// The weight of a message whose events are sent again in order: a careless backend replays a whole log at each reopen.
    /// </summary>
    private const double ResendWeight = 0.1;

    private double left = Burst;
    private TimeSpan filledAt;
    private long newestId;

    /// <summary>Starts to judge another stream.</summary>
    public void StartStream() => newestId = 0;

    /// <summary>Takes note of a message.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="message">The message.</param>
    /// <param name="isNews">True if it told something new.</param>
    /// <returns>The fault if there are too many; else null.</returns>
    public WatchFault? Take(TimeSpan now, WatchMessage message, bool isNews)
    {
        var isInOrder = message.LastId > newestId;
        newestId = Math.Max(newestId, message.LastId);
        if (isNews)
        {
            return null;
        }

        left = Math.Min(Burst, left + ((now - filledAt).TotalSeconds * PerSecond));
        filledAt = now;
        var cost = Math.Max(1, message.Size / UnitBytes) * (isInOrder ? ResendWeight : 1);
        if (left < cost)
        {
            return WatchFault.Breach(BreachedRule.UselessMessages);
        }

        left -= cost;
        return null;
    }
}
