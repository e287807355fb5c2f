using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>Events to append to a job's log, together or not at all.</summary>
/// <param name="JobId">The job: 1 to 256 characters without control characters.</param>
/// <param name="Events">
/// The events, oldest first. The log sets their <c>id</c>, their <c>previous_id</c> and, where it is missing, their <c>timestamp</c>, so an
/// event must not be used again. One that ends the job can only be the last. None: the job is created, or its record changed.
/// </param>
public sealed record JobAppend(string JobId, params IReadOnlyList<JobEvent> Events)
{
    /// <summary>The producer's place in its sequence, so that the append can be repeated safely; null: none.</summary>
    public JobProducer? Producer { get; init; }

    /// <summary>
    /// The time without an append after which the job's producer counts as lost, 1 s to 1 day; null: as it was, and none for a new job. An
    /// append without events renews it.
    /// </summary>
    /// <remarks>
    /// A lost producer's job gets <c>job_failed</c> with <c>willRetry</c> true. Its next append puts <c>job_resumed</c> before its events. A
    /// producer that stays away for <see cref="JobLogsOptions.EndLostJobsAfter"/> has its job ended, with <c>willRetry</c> false.
    /// </remarks>
    public TimeSpan? Lease { get; init; }

    /// <summary>The id that the log's newest event must have, 0 for none; null: any. With it an append can be repeated safely.</summary>
    public long? ExpectedLastId { get; init; }

    /// <summary>
    /// A JSON document that is kept with the job and is written with the events, such as the state that the job goes on from after a crash;
    /// null: it stays as it is.
    /// </summary>
    public string? Record { get; init; }
}
