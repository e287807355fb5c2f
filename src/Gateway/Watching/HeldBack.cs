using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The patience with a consumer that takes nothing. After it the watch's stream is given up, since it may stall its neighbours: PROTOCOL.md
/// section 9. A consumer that always lags is held back like one that has stopped.
/// </summary>
/// <param name="watcher">The watch; null if there is none to give up.</param>
internal sealed class HeldBack(JobWatcher? watcher, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The time after which the watch gives up its place among the backend's catch-ups: 64 stuck clients must not keep others from theirs.</summary>
    private static readonly TimeSpan PlaceLimit = TimeSpan.FromMilliseconds(250);

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
        if (await HasRoomWithinAsync(room, PlaceLimit, stop))
        {
            return;
        }

        watcher?.LendPlace();
        if (await HasRoomWithinAsync(room, Limit, stop))
        {
            return;
        }

        since = null;
        watcher?.LetGo();
        await room.WaitAsync(stop);
    }

    private async Task<bool> HasRoomWithinAsync(Task room, TimeSpan limit, CancellationToken stop)
    {
        var left = limit - time.GetElapsedTime(since!.Value);
        var hasRoom = await time.CompletesAsync(room, left > TimeSpan.Zero ? left : TimeSpan.Zero, stop);
        stop.ThrowIfCancellationRequested();
        if (hasRoom)
        {
            await room;
        }

        return hasRoom;
    }
}
