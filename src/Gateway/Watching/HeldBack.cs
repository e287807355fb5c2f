namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The patience with a consumer that takes nothing. After it the watch's stream is given up, since it may stall its neighbours: PROTOCOL.md
/// section 9. A consumer that always lags is held back like one that has stopped.
/// </summary>
/// <param name="watcher">The watch; null if there is none to give up.</param>
internal sealed class HeldBack(JobWatcher? watcher, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private long? since;

    /// <summary>Records that there was room at once.</summary>
    public void HasRoom() => since = null;

    /// <summary>Waits for room, and gives the stream up if that takes too long.</summary>
    /// <param name="room">Completes when there is room.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(Task room, CancellationToken stop)
    {
        since ??= time.GetTimestamp();
        var left = Limit - time.GetElapsedTime(since.Value);
        try
        {
            await room.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, stop);
        }
        catch (TimeoutException)
        {
            since = null;
            watcher?.LetGo();
            await room.WaitAsync(stop);
        }
    }
}
