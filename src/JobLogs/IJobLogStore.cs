using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>Durable logs of jobs that can be appended to and listed: the seam for engines.</summary>
public interface IJobLogStore : IJobLog
{
    /// <summary>True while the store can't be written.</summary>
    public bool IsFailing { get; }

    /// <summary>True while it can't be written because its disk is full; an engine that can't tell says false.</summary>
    public bool IsFull => false;

    /// <summary>Appends events to a job's log, all or none. A job that doesn't exist is created.</summary>
    /// <param name="append">The job, its events, and what is expected of its log.</param>
    /// <param name="token">Ends the wait for a place in the queue, no more: an append that has its place may be made nevertheless.</param>
    /// <returns>The log's state, once the events are durable.</returns>
    /// <exception cref="ArgumentException">The job's or the producer's id isn't allowed, the record isn't JSON, an event can't be encoded, or it follows one that ends the job.</exception>
    /// <exception cref="AppendConflictException">The log's last id isn't the expected one. Nothing was appended.</exception>
    /// <exception cref="ProducerException">The producer was replaced, or its sequence has a gap. Nothing was appended.</exception>
    /// <exception cref="JobEndedException">The job has ended. Nothing was appended.</exception>
    /// <exception cref="JobLogLimitException">The store has as many jobs, or the job as many producers, as it may have. Nothing was appended.</exception>
    /// <exception cref="System.Data.Common.DbException">
    /// The store can't be reached: nobody knows whether the events were appended. A producer, or an expected id, makes it safe to try again.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="token"/> was cancelled, or the process stops: nobody knows then whether the events were appended.
    /// </exception>
    public Task<JobAppendResult> AppendAsync(JobAppend append, CancellationToken token);

    /// <summary>Reads one job as its events tell it.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>The job; null if there is no such job.</returns>
    public ValueTask<Job?> DescribeAsync(string jobId, CancellationToken token);

    /// <summary>Reads a page of jobs, those that changed last first, no older than what any watch has been sent.</summary>
    /// <param name="query">The question.</param>
    /// <param name="token">Ends the wait.</param>
    public ValueTask<JobList> ListAsync(JobListQuery query, CancellationToken token);

    /// <summary>
    /// Does what is due by the clock: tells of producers that were silent for longer than their lease, ends jobs whose producer stays away,
    /// deletes ended jobs that are older than they are kept. Called about once a second; any number of processes may call it.
    /// </summary>
    /// <param name="token">Ends the wait.</param>
    public Task SweepAsync(CancellationToken token);
}
