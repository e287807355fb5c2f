namespace OptimizationGateway.OptimizerStub.Load;

/// <summary>The time by which paced jobs go. It doesn't step back while the process runs, or an id that was sent would be ahead of the log.</summary>
internal sealed class LoadClock(TimeProvider time, DateTimeOffset origin)
{
    private readonly long startedAt = time.GetTimestamp();
    private readonly DateTimeOffset started = Later(time.GetUtcNow(), origin);

    public TimeProvider Time => time;

    public DateTimeOffset Origin => origin;

    public DateTimeOffset UtcNow => started + time.GetElapsedTime(startedAt);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
