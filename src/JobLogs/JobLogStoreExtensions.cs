using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>Short forms for <see cref="IJobLogStore"/>.</summary>
public static class JobLogStoreExtensions
{
    /// <summary>Appends one event to a job's log, whatever is in it. A job that doesn't exist is created.</summary>
    /// <inheritdoc cref="IJobLogStore.AppendAsync" />
    /// <param name="store">The store.</param>
    /// <param name="jobId">The job: 1 to 256 characters without control characters.</param>
    /// <param name="jobEvent">The event. The log sets its <c>id</c>, its <c>previous_id</c> and, where it is missing, its <c>timestamp</c>.</param>
    /// <param name="token">Ends the wait for a place in the queue.</param>
    /// <returns>The event's id, once it is durable.</returns>
    public static async Task<long> AppendAsync(
        this IJobLogStore store,
        string jobId,
        JobEvent jobEvent,
        CancellationToken token = default
    ) => (await store.AppendAsync(new JobAppend(jobId, jobEvent), token)).State.LastId;
}
