namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>A job's state. The last three are final.</summary>
internal enum JobState
{
    Queued,
    Running,
    Paused,
    Completed,
    Failed,
    Cancelled,
}

internal static class JobStates
{
    public static bool IsFinal(this JobState state) => state is JobState.Completed or JobState.Failed or JobState.Cancelled;

    /// <summary>The states that may follow.</summary>
    public static JobState[] Next(this JobState state) =>
        state switch
        {
            JobState.Queued => [JobState.Running, JobState.Cancelled],
            JobState.Running => [JobState.Completed, JobState.Paused, JobState.Failed, JobState.Cancelled],
            JobState.Paused => [JobState.Running, JobState.Cancelled],
            _ => [],
        };

    /// <summary>The state as it is written in JSON and in texts.</summary>
    public static string Name(this JobState state) => state.ToString().ToLowerInvariant();
}
