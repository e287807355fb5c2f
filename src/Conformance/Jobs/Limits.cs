namespace OptimizationGateway.Conformance.Jobs;

/// <summary>How long the kit waits for what is to come without delay. No figures of the contract: generous ones, also for a busy machine.</summary>
internal static class Limits
{
    /// <summary>From a terminal event, or the last replay, to the end of the stream.</summary>
    public static readonly TimeSpan EndOfStream = TimeSpan.FromSeconds(3);

    /// <summary>To the next message where history is being sent.</summary>
    public static readonly TimeSpan NextMessage = TimeSpan.FromSeconds(5);

    /// <summary>To the next event of a job that runs.</summary>
    public static readonly TimeSpan NextEvent = TimeSpan.FromSeconds(10);
}
