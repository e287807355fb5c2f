namespace OptimizationGateway.Gateway.Backends;

/// <summary>Waits on a clock that tests can move.</summary>
internal static class Waiting
{
    /// <summary>Waits for at least this long.</summary>
    public static Task DelayAsync(this TimeProvider time, TimeSpan delay, CancellationToken stop) =>
        Task.Delay(WholeMilliseconds(delay), time, stop);

    /// <summary>Waits for a task for at most this long, and leaves no timer behind.</summary>
    /// <returns>True if the task has completed.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<bool> CompletesAsync(this TimeProvider time, Task task, TimeSpan within, CancellationToken stop)
    {
        await task.WaitAsync(WholeMilliseconds(within), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }

    /// <summary>Rounds up: a timer drops the rest of a millisecond, and a wait of none at all would be a busy loop.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan delay) => TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
}
