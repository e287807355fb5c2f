namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>A job for which somebody waits, or of which something was shown or acknowledged a moment ago.</summary>
internal sealed class WatchedJob(string jobId, TimeProvider time)
{
    private long seen;
    private int waiting;
    private int isNudged = 1;
    private long usedAt = time.GetTimestamp();
    private long changedAt = time.GetTimestamp();
    private PromisedEvent? promised;

    public string JobId => jobId;

    public JobFeed Feed { get; } = new(time);

    /// <summary>The epoch as it was first seen; null: nobody has looked yet. Only the poller uses it.</summary>
    public string? Epoch { get; set; }

    /// <summary>The number of the last look at all jobs that this one had. Only the poller uses it.</summary>
    public long Look { get; set; }

    /// <summary>The newest id that was seen, which may still be behind the fence.</summary>
    public long Seen => Volatile.Read(ref seen);

    public bool IsWaitedFor => Volatile.Read(ref waiting) > 0;

    /// <summary>The newest event of its log on which somebody relies.</summary>
    public PromisedEvent? Promised => Volatile.Read(ref promised);

    public TimeSpan Unused => time.GetElapsedTime(Volatile.Read(ref usedAt));

    public TimeSpan Unchanged => time.GetElapsedTime(Volatile.Read(ref changedAt));

    /// <summary>Notes a promise, unless a newer one of the same log is known: others may still read old pages.</summary>
    public void Promise(PromisedEvent made)
    {
        Volatile.Write(ref usedAt, time.GetTimestamp());
        for (var known = Promised; known is null || known.Epoch != made.Epoch || known.Id < made.Id; )
        {
            var found = Interlocked.CompareExchange(ref promised, made, known);
            if (found == known)
            {
                return;
            }

            known = found;
        }
    }

    public void Enter() => Interlocked.Increment(ref waiting);

    public void Leave()
    {
        Volatile.Write(ref usedAt, time.GetTimestamp());
        Interlocked.Decrement(ref waiting);
    }

    /// <summary>Asks for a look at the next opportunity.</summary>
    public void Nudge() => Interlocked.Exchange(ref isNudged, 1);

    /// <summary>True if a look was asked for, as it is for a job that nobody has looked at.</summary>
    public bool IsNudged => Volatile.Read(ref isNudged) == 1;

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
