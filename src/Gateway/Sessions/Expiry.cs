namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Calls back at a time of the wall clock. It checks that clock regularly: timers don't notice when the clock is set or the
/// machine has slept, and can't wait for more than 49 days.
/// </summary>
internal sealed class Expiry : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    private readonly DateTimeOffset moment;
    private readonly TimeProvider time;
    private readonly Action expired;
    private readonly ITimer timer;

    public Expiry(DateTimeOffset moment, TimeProvider time, Action expired)
    {
        this.moment = moment;
        this.time = time;
        this.expired = expired;
        timer = time.CreateTimer(_ => Check(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Check();
    }

    public void Dispose() => timer.Dispose();

    private void Check()
    {
        var left = moment - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            expired();
            return;
        }

        // A timer may be a moment early, by its own clock; one that waits less than it can measure would look without a pause.
        var wait = left < CheckInterval ? left : CheckInterval;
        timer.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
