using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>An event that somebody relies on: it was shown, or its append was acknowledged.</summary>
internal sealed class PromisedEvent
{
    private readonly long hash;
    private readonly bool hasTime;

    private PromisedEvent(string jobId, string epoch, long id, long hash, bool hasTime) =>
        (JobId, Epoch, Id, this.hash, this.hasTime) = (jobId, epoch, id, hash, hasTime);

    public string JobId { get; }

    /// <summary>The epoch under which it was promised.</summary>
    public string Epoch { get; }

    public long Id { get; }

    public static PromisedEvent Shown(string jobId, string epoch, JobEvent shown) =>
        new(jobId, epoch, shown.Id, EventHash.Of(shown), hasTime: true);

    /// <param name="jobId">The job.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="id">The id that the event got.</param>
    /// <param name="appended">The event as it will be read, but for its ids and its time, which is the server's where it had none.</param>
    public static PromisedEvent Acknowledged(string jobId, string epoch, long id, JobEvent appended) =>
        new(jobId, epoch, id, EventHash.Of(appended), hasTime: false);

    /// <summary>True if this is the event that has its id now.</summary>
    public bool Is(JobEvent now)
    {
        if (!hasTime)
        {
            now = now.Clone();
            (now.Id, now.Timestamp) = (0, null);
            now.ClearPreviousId();
        }

        return EventHash.Of(now) == hash;
    }
}
