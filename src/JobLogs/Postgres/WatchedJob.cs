namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>A job for which somebody waits, or of which something was shown a moment ago.</summary>
internal sealed class WatchedJob(string jobId, TimeProvider time)
{
    private long seen;
    private int waiting;
    private int isNudged = 1;
    private long usedAt = time.GetTimestamp();
    private long changedAt = time.GetTimestamp();
    private volatile ShownEvent? shown;

    public string JobId => jobId;

    public JobFeed Feed { get; } = new(time);

    /// <summary>The epoch as it was first seen; null: nobody has looked yet. Only the poller uses it.</summary>
    public string? Epoch { get; set; }

    /// <summary>The newest id that was seen, which may still be behind the fence.</summary>
    public long Seen => Volatile.Read(ref seen);

    public bool IsWaitedFor => Volatile.Read(ref waiting) > 0;

    public ShownEvent? Shown
    {
        get => shown;
        set
        {
            shown = value;
            Volatile.Write(ref usedAt, time.GetTimestamp());
        }
    }

    public TimeSpan Unused => time.GetElapsedTime(Volatile.Read(ref usedAt));

    public TimeSpan Unchanged => time.GetElapsedTime(Volatile.Read(ref changedAt));

    public void Enter() => Interlocked.Increment(ref waiting);

    public void Leave()
    {
        Volatile.Write(ref usedAt, time.GetTimestamp());
        Interlocked.Decrement(ref waiting);
    }

    /// <summary>Asks for a look at the next opportunity.</summary>
    public void Nudge() => Interlocked.Exchange(ref isNudged, 1);

    public bool TakeNudge() => Interlocked.Exchange(ref isNudged, 0) == 1;

    /// <returns>True if the id is news.</returns>
    public bool See(long lastId)
    {
        for (var known = Seen; known < lastId; known = Seen)
        {
            if (Interlocked.CompareExchange(ref seen, lastId, known) == known)
            {
                Volatile.Write(ref changedAt, time.GetTimestamp());
                return true;
            }
        }

        return false;
    }
}
