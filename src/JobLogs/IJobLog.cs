using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>
/// The logs of jobs as <c>WatchJob</c> reads them: three methods, for a log of one's own. Each job has its events in one order, which
/// history and live share, and an event is durable before a method tells of it.
/// </summary>
/// <remarks>
/// The methods are called at the same time by many watches. A <see cref="System.Data.Common.DbException"/>, an <see cref="IOException"/> or
/// a <see cref="TimeoutException"/> ends the watch with UNAVAILABLE, and the gateway opens it again at its cursor. An
/// <see cref="Grpc.Core.RpcException"/> ends it with its own status, such as PERMISSION_DENIED. Any other exception is UNKNOWN.
/// </remarks>
public interface IJobLog
{
    /// <summary>Reads the state of a job's log.</summary>
    /// <param name="jobId">The job: 1 to 256 characters without control characters.</param>
    /// <param name="token">Cancelled when the watch ends.</param>
    /// <returns>The state; null if there is no such job, and the caller gets NOT_FOUND.</returns>
    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token);

    /// <summary>Reads the state of a job's log and, under the same snapshot, the events after an id, oldest first.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="afterEventId">The id, from 0. It may be outside the log's bounds: then the state alone matters.</param>
    /// <param name="token">Cancelled when the watch ends.</param>
    /// <returns>
    /// At most <see cref="JobLogPage.MaxEvents"/> events and <see cref="JobLogPage.MaxBytes"/>, and at least one if there is one
    /// (<see cref="JobLogPage.Of"/> sees to both); null if there is no such job.
    /// </returns>
    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token);

    /// <summary>Waits until there may be an event after an id. <see cref="JobFeed"/> is a way to do it.</summary>
    /// <param name="jobId">The job, which hasn't ended.</param>
    /// <param name="afterEventId">The id of the last event that the watch has sent; 0: none.</param>
    /// <param name="within">The longest wait. The watch then sends a heartbeat, and waits again.</param>
    /// <param name="token">Cancelled when the watch ends; the wait must then end at once.</param>
    /// <returns>True if there may be such an event; false if there was none within the time.</returns>
    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token);
}
