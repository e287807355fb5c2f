namespace OptimizationGateway.JobLogs;

/// <summary>Durable logs of jobs that can be appended to: the seam for engines. SQLite is behind it.</summary>
public interface IJobLogStore : IJobLog
{
    /// <summary>True while the store can't be written. Appends wait meanwhile, and none is lost.</summary>
    public bool IsFailing { get; }

    /// <summary>Appends events to a job's log, all or none. A job that doesn't exist is created.</summary>
    /// <param name="append">The job, its events, and what is expected of its log.</param>
    /// <param name="token">Ends the wait for a place in the queue, no more: an append that has its place may be made nevertheless.</param>
    /// <returns>The id of the job's newest event, once the events are durable; 0 if it has none.</returns>
    /// <exception cref="ArgumentException">The job's id isn't allowed, the record isn't JSON, an event can't be encoded, or it follows one that ends the job.</exception>
    /// <exception cref="AppendConflictException">The log's last id isn't the expected one. Nothing was appended.</exception>
    /// <exception cref="JobEndedException">The job has ended. Nothing was appended.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="token"/> was cancelled, or the process stops: nobody knows then whether the events were appended.
    /// </exception>
    public Task<long> AppendAsync(JobAppend append, CancellationToken token);
}
