namespace OptimizationGateway.Conformance.Jobs;

/// <summary>The longest waits for what must come without delay. They aren't the contract's figures: they are generous, also for a busy machine.</summary>
internal static class Limits
{
    /// <summary>From a terminal event, or the last replay, to the end of the stream.</summary>
    public static readonly TimeSpan EndOfStream = TimeSpan.FromSeconds(3);

    /// <summary>To the next message where history is being sent.</summary>
    public static readonly TimeSpan NextMessage = TimeSpan.FromSeconds(5);

    /// <summary>To the next event of a job that runs.</summary>
    public static readonly TimeSpan NextEvent = TimeSpan.FromSeconds(10);
}
