using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// Reads a feed's watch on and has the viewers woken. It waits while the viewer that is furthest still has much to be sent, and so holds back
/// the backend.
/// </summary>
/// <param name="feed">The feed.</param>
/// <param name="watch">Its watch, which becomes the pump's own.</param>
/// <param name="gatherTime">The longest time for which events for many viewers are gathered.</param>
/// <param name="translation">The settings for the translation of events.</param>
internal sealed class FeedPump(Feed feed, RunningWatch watch, TimeSpan gatherTime, TranslationOptions translation, TimeProvider time)
    : IDisposable
{
    /// <summary>
    /// The time from one round of writes to the next, for each viewer: thrice what a write costs on the machine of docs/performance.md, so that
    /// one job's rounds take a third of a core.
    /// </summary>
    private static readonly TimeSpan GatherPerViewer = TimeSpan.FromMicroseconds(33);

    /// <summary>Less than that is below what timers can do.</summary>
    private static readonly TimeSpan LeastGatherTime = TimeSpan.FromMilliseconds(1);

    /// <summary>The steps after which viewers are woken even if more steps are at hand.</summary>
    private const int StepsPerWake = 64;

    private readonly FeedWriter writer = new(feed, translation, time, watch.Watcher.Refuse);
    private readonly HeldBack heldBack = new(watch.Watcher, time);

    /// <summary>Runs until the watch has ended or the last viewer has left. Never throws.</summary>
    public async Task RunAsync()
    {
        var leaving = StopWhenEmptyAsync();
        var end = await EndAsync();
        await watch.DisposeAsync();
        feed.Close(end, time.GetTimestamp());

        // The last viewer may take long to read what is left.
        await leaving;
    }

    public void Dispose() => writer.Dispose();

    private async Task<SeatEnd> EndAsync()
    {
        try
        {
            return await PumpAsync();
        }
        catch (Exception e)
        {
            return new SeatEnd.Faulted(e);
        }
    }

    private async Task StopWhenEmptyAsync()
    {
        await feed.Empty;
        await watch.StopAsync();
    }

    private async Task<SeatEnd> PumpAsync()
    {
        for (var steps = 1; ; steps++)
        {
            var next = watch.MoveNextAsync();
            if (!next.IsCompleted)
            {
                writer.Release();
                await GatherAsync(feed.Wake());
            }
            else if (steps % StepsPerWake == 0)
            {
                feed.Wake();
            }

            if (!await next)
            {
                return new SeatEnd.Alone();
            }

            if (writer.Write(watch.Current) is { } end)
            {
                return end;
            }

            if (feed.WaitForRoom() is { IsCompleted: false } room)
            {
                feed.Wake();
                await heldBack.WaitAsync(room, CancellationToken.None);
            }
            else
            {
                heldBack.HasRoom();
            }
        }
    }

    /// <summary>Lets events gather after a round of writes to many viewers, so that the next round has several for each.</summary>
    private Task GatherAsync(int viewers)
    {
        var pause = viewers * GatherPerViewer;
        pause = pause < gatherTime ? pause : gatherTime;
        return pause < LeastGatherTime ? Task.CompletedTask : time.DelayAsync(pause, CancellationToken.None);
    }
}
