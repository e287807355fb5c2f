namespace OptimizationGateway.Gateway.Backends;

/// <summary>Waits on a clock that tests can move.</summary>
internal static class Waiting
{
    /// <summary>Waits at least so long. A delay is cut to whole milliseconds, and one of none at all would be waited for in a busy loop.</summary>
    public static Task DelayAsync(this TimeProvider time, TimeSpan delay, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)), time, stop);

    /// <summary>Waits for something, for so long at most, and leaves no timer behind.</summary>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public static async Task PendAsync(this TimeProvider time, Task something, TimeSpan atMost, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(something, time.DelayAsync(atMost, enough.Token));
        await enough.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }
}
