namespace OptimizationGateway.JobLogs;

/// <summary>The state of a job's log at one moment.</summary>
/// <param name="Epoch">The identity of the log, any short text: another one means that ids may have been used again.</param>
/// <param name="EarliestId">The oldest id that is left; one above <paramref name="LastId"/> where there is no event.</param>
/// <param name="LastId">The newest id; 0: no event yet.</param>
/// <param name="Ended">True if the newest event is the job's last.</param>
public sealed record JobLogState(string Epoch, long EarliestId, long LastId, bool Ended);
