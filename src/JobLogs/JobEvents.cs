using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>The contract's rules about events.</summary>
public static class JobEvents
{
    /// <summary>True if the event ends its job: <c>job_completed</c>, <c>job_cancelled</c>, or <c>job_failed</c> without a retry.</summary>
    public static bool IsTerminal(this JobEvent jobEvent) =>
        jobEvent.PayloadCase is JobEvent.PayloadOneofCase.JobCompleted or JobEvent.PayloadOneofCase.JobCancelled
        || jobEvent is { JobFailed.WillRetry: false };
}
