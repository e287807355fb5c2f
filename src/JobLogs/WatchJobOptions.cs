namespace OptimizationGateway.JobLogs;

/// <summary>The settings of <c>WatchJob</c> over any log.</summary>
public sealed class WatchJobOptions
{
    internal static readonly TimeSpan UsualHeartbeatInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The silence on a watch after which it is told that it is alive: 0.1 s to 10 minutes. Default: 15 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = UsualHeartbeatInterval;

    internal static string? Fault(TimeSpan heartbeatInterval) =>
        heartbeatInterval < Shortest || heartbeatInterval > Longest ? "must be a time from 00:00:00.1 to 00:10:00." : null;
}
