namespace OptimizationGateway.JobLogs;

/// <summary>The log's last id isn't the one that an append expected: somebody else has appended, or the append was made before.</summary>
/// <param name="jobId">The job.</param>
/// <param name="lastId">The log's last id.</param>
/// <param name="expectedLastId">The id that was expected.</param>
public sealed class AppendConflictException(string jobId, long lastId, long expectedLastId)
    : Exception($"The last event of {jobId} is {lastId}, not {expectedLastId} as expected. Nothing was appended.")
{
    /// <summary>The id of the job's newest event; 0: none.</summary>
    public long LastId => lastId;
}
