namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Keeps the log readable where many watches end for the same reason: a broken job has many viewers, and some of them come back at once.
/// </summary>
internal sealed class Complaints(TimeProvider time)
{
    private const int MaxJobs = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly HashSet<string> jobs = new(StringComparer.Ordinal);
    private long began = time.GetTimestamp();

    /// <summary>Whether to say it: once a minute of each job, and of so many jobs.</summary>
    public bool IsNews(string jobId)
    {
        lock (gate)
        {
            if (time.GetElapsedTime(began) >= Window)
            {
                began = time.GetTimestamp();
                jobs.Clear();
            }

            return jobs.Count < MaxJobs && jobs.Add(jobId);
        }
    }
}
