namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Waits on a clock that tests can move. A cancelled token ends a wait without an exception: viewers leave all the time, and each method on the
/// way would throw it once more.
/// </summary>
internal static class Waiting
{
    /// <summary>Waits for at least this long, or until the token is cancelled.</summary>
    public static async Task DelayAsync(this TimeProvider time, TimeSpan delay, CancellationToken stop) =>
        await Task.Delay(WholeMilliseconds(delay), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits for a task for at most this long, or until the token is cancelled, and leaves no timer behind.</summary>
    /// <returns>True if the task has completed.</returns>
    public static async Task<bool> CompletesAsync(this TimeProvider time, Task task, TimeSpan within, CancellationToken stop)
    {
        await task.WaitAsync(WholeMilliseconds(within), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    /// <summary>Rounds up: a timer drops the rest of a millisecond, and a wait of none at all would be a busy loop.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan delay) => TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
}
