namespace OptimizationGateway.JobLogs.Watch;

/// <summary>Tells silent watches when to send a heartbeat: at common moments, so that many watches wake the process a few times a second.</summary>
/// <param name="interval">The longest silence of a watch. A heartbeat comes up to 1/64 of it early.</param>
/// <param name="time">The clock.</param>
internal sealed class HeartbeatClock(TimeSpan interval, TimeProvider time)
{
    private readonly long step = interval.Ticks / 64;

    /// <summary>The time until the last common moment of the interval that begins now.</summary>
    public TimeSpan UntilNext => interval - new TimeSpan((time.GetElapsedTime(0) + interval).Ticks % step);
}
