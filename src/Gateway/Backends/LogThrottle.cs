namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Limits a log message to one a minute for each key, and to 20 keys a minute: a broken job has many viewers, and some come back at once.
/// </summary>
internal sealed class LogThrottle(TimeProvider time)
{
    private const int MaxKeys = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private long began = time.GetTimestamp();

    /// <summary>Returns true if the message for this key is to be logged now.</summary>
    public bool TryTake(string key)
    {
        lock (gate)
        {
            if (time.GetElapsedTime(began) >= Window)
            {
                began = time.GetTimestamp();
                keys.Clear();
            }

            return keys.Count < MaxKeys && keys.Add(key);
        }
    }
}
