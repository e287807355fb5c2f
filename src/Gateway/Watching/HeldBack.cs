using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The patience with a consumer that takes nothing. After it the watch's stream is given up, since it may stall its neighbours: PROTOCOL.md
/// section 9. A consumer that always lags is held back like one that has stopped. While memory is short the patience is that for a place: what
/// the stream's window would take is worth more than a stream that stays open.
/// </summary>
/// <param name="watcher">The watch; null if there is none to give up.</param>
internal sealed class HeldBack(JobWatcher? watcher, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The time after which the watch gives up its place among the backend's catch-ups: 64 stuck clients must not keep others from theirs.</summary>
    private static readonly TimeSpan PlaceLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>The time after which the memory is looked at again.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

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
        if (watcher is not null && !await HasRoomWithinAsync(room, PlaceLimit, stop))
        {
            watcher.LendPlace();
            if (!await HasRoomInTimeAsync(watcher, room, stop))
            {
                since = null;
                watcher.LetGo();
            }
        }

        await room.WaitAsync(stop);
    }

    private TimeSpan Waited => time.GetElapsedTime(since!.Value);

    /// <returns>False if the stream is to be given up.</returns>
    private async Task<bool> HasRoomInTimeAsync(JobWatcher held, Task room, CancellationToken stop)
    {
        // The window fills meanwhile.
        held.Memory.Add(held.WindowBytes);
        try
        {
            while (Waited < Limit && held.Memory.Pressure < Pressure.HoldBack)
            {
                var look = Waited + LookInterval;
                if (await HasRoomWithinAsync(room, look < Limit ? look : Limit, stop))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            held.Memory.Add(-held.WindowBytes);
        }
    }

    private async Task<bool> HasRoomWithinAsync(Task room, TimeSpan limit, CancellationToken stop)
    {
        var left = limit - Waited;
        var hasRoom = await time.CompletesAsync(room, left > TimeSpan.Zero ? left : TimeSpan.Zero, stop);
        stop.ThrowIfCancellationRequested();
        return hasRoom;
    }
}
