using System.Runtime.CompilerServices;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>A viewer's own watch, from which the viewer goes over to the job's feed as soon as that grants it a seat.</summary>
/// <param name="start">The watch.</param>
/// <param name="key">The feed; null if there is nothing to share.</param>
/// <param name="source">The source of watches and seats.</param>
/// <param name="messages">The subscription's messages.</param>
/// <param name="lane">The lane for them.</param>
/// <param name="turn">The turn to open a watch that others may share; null if others open theirs too.</param>
internal sealed class OwnWatch(
    WatchStart start,
    WatchKey? key,
    JobSource source,
    SubscriptionMessages messages,
    LaneTicket lane,
    OpeningTurn? turn,
    TimeProvider time
)
{
    /// <summary>The watch; null if no backend has the job.</summary>
    public JobWatcher? Watcher { get; } = source.Feeds.NewWatch(start);

    /// <summary>Tells the viewer what the watch tells, until the feed grants a seat.</summary>
    /// <returns>The seat, or the end of the watch; neither if the token was cancelled while nothing was at hand.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled in the middle of a step.</exception>
    public async Task<(Seat? Seat, WatchStep.Ended? Ended)> FollowAsync(CancellationToken stop)
    {
        if (Watcher is null)
        {
            return (null, new WatchStep.Ended(WatchEnd.NotFound));
        }

        var watch = new RunningWatch(Watcher);
        Seat? seat = null;
        try
        {
            using var trail = new Trail();
            using var writer = new JobMessageWriter(start.JobId, Watcher, lane, source.Translation, time, key is null ? null : trail);
            while (await MoveNextAsync(watch, stop))
            {
                if (watch.Current is WatchStep.Ended ended)
                {
                    return (null, ended);
                }

                await WriteAsync(writer, watch.Current, stop);
                stop.ThrowIfCancellationRequested();
                seat = key is null ? null : source.Feeds.HandOver(key, messages, watch, trail, messages.EarliestTold);
                if (seat is not null)
                {
                    return (seat, null);
                }

                if (Watcher.HasCaughtUp)
                {
                    // It stays the viewer's own: others needn't wait for it.
                    turn?.Dispose();
                }
            }

            return stop.IsCancellationRequested ? default : throw new InvalidOperationException("A watch ended without an end.");
        }
        finally
        {
            if (seat?.Feed.Watcher != Watcher)
            {
                await watch.DisposeAsync();
            }
        }
    }

    /// <summary>Reads the next step. Only so long can the viewer stop the watch: once others share it, it isn't the viewer's to stop.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> MoveNextAsync(RunningWatch watch, CancellationToken stop)
    {
        await using var stopping = stop.UnsafeRegister(running => _ = ((RunningWatch)running!).StopAsync(), watch);
        return await watch.MoveNextAsync();
    }

    private ValueTask WriteAsync(JobMessageWriter writer, WatchStep step, CancellationToken stop)
    {
        if (step is WatchStep.History { HasMore: true })
        {
            // It takes longer: others needn't wait for it.
            turn?.Dispose();
        }

        return messages.WriteAsync(writer, step, stop);
    }
}
