namespace OptimizationGateway.Faults.Clients;

/// <summary>The jobs that one client reads, by their ids.</summary>
internal sealed class JobCursors
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, JobCursor> jobs = [];

    public void Set(JobCursor cursor)
    {
        lock (gate)
        {
            jobs[cursor.Job] = cursor;
        }
    }

    public JobCursor? Find(string? job)
    {
        lock (gate)
        {
            return job is null ? null : jobs.GetValueOrDefault(job);
        }
    }

    /// <summary>The cursors of this moment.</summary>
    public List<JobCursor> List()
    {
        lock (gate)
        {
            return [.. jobs.Values];
        }
    }

    /// <summary>True if something is true of all jobs.</summary>
    public bool All(Func<JobCursor, bool> condition) => List().TrueForAll(job => condition(job));

    /// <summary>
    /// True if the client has everything up to these ids, or the end of a job, of all its jobs, and no subscribe is without its answer: a
    /// client that left then would leave a gateway at work, not at rest.
    /// </summary>
    public bool HaveReached(IReadOnlyDictionary<string, long> heads) =>
        All(job => job.IsEnded || (job.IsOpen && job.After >= heads.GetValueOrDefault(job.Job)));

    /// <summary>The last id that the client has of a job, and the epoch that the id belongs to.</summary>
    public (long After, string Epoch) Reached(string job) => Find(job) is { } cursor ? (cursor.After, cursor.Epoch) : (0, "");
}
