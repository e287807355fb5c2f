namespace OptimizationGateway.JobLogs;

/// <summary>The job has ended: nothing follows its last event. A rerun is a new job.</summary>
/// <param name="jobId">The job.</param>
/// <param name="lastId">The log's last id.</param>
public sealed class JobEndedException(string jobId, long lastId)
    : Exception($"{jobId} has ended with event {lastId}. Nothing was appended; a rerun is a new job.")
{
    /// <summary>The id of the event that ended the job.</summary>
    public long LastId => lastId;
}
