using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// Reads a feed's watch, translates each event once, and appends it. It waits while the viewer that is furthest still has much to be sent, and
/// so holds back the backend.
/// </summary>
/// <param name="feed">The feed.</param>
/// <param name="watch">Its watch, which becomes the pump's own.</param>
/// <param name="translation">The settings for the translation of events.</param>
internal sealed class FeedPump(Feed feed, RunningWatch watch, TranslationOptions translation, TimeProvider time) : IDisposable
{
    /// <summary>The steps after which viewers are woken even if more steps are at hand.</summary>
    private const int StepsPerWake = 64;

    private readonly JobEventTranslator translator = new(translation);
    private readonly MessageBuffer json = new();
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

    public void Dispose() => json.Dispose();

    private async Task<SeatEnd> EndAsync()
    {
        try
        {
            return await PumpAsync();
        }
        catch (OperationCanceledException) when (feed.Empty.IsCompleted)
        {
            return new SeatEnd.Alone();
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
            if (!next.IsCompleted || steps % StepsPerWake == 0)
            {
                feed.Wake();
            }

            if (!next.IsCompleted)
            {
                json.Release();
            }

            if (!await next)
            {
                return new SeatEnd.Alone();
            }

            if (Take(watch.Current) is { } end)
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

    /// <returns>The feed's end; null if it goes on.</returns>
    private SeatEnd? Take(WatchStep step)
    {
        var readAt = time.GetTimestamp();
        switch (step)
        {
            case WatchStep.Live live:
                return Append(RingEntryKind.Live, live, live.Event, readAt) ? null : new SeatEnd.Alone();
            case WatchStep.History history:
                return AppendBatch(history, readAt) ? null : new SeatEnd.Alone();
            case WatchStep.Outage:
                feed.AppendOutage(readAt);
                return null;
            case WatchStep.Ended ended:
                return new SeatEnd.Ended(ended);
            default:
                throw new InvalidOperationException($"A shared watch told {step}.");
        }
    }

    private bool AppendBatch(WatchStep.History history, long readAt)
    {
        foreach (var watched in history.Events)
        {
            if (!Append(RingEntryKind.History, history, watched, readAt))
            {
                return false;
            }

            if (translator.Fault is not null)
            {
                // The watch asks once more for what can't be shown; the batch ends before it.
                feed.AppendBatchEnd(hasMore: true, readAt);
                return true;
            }
        }

        feed.AppendBatchEnd(history.HasMore, readAt);
        return true;
    }

    /// <summary>Appends an event, or refuses it if it can't be shown.</summary>
    /// <returns>False if it doesn't follow the newest event.</returns>
    private bool Append(RingEntryKind kind, WatchStep step, in WatchedEvent watched, long readAt)
    {
        json.Truncate(0);
        if (!translator.TryWrite(watched.Bytes.Span, json))
        {
            watch.Watcher.Refuse(step, watched, BadEventReasons.Of(translator.Fault));
            return true;
        }

        return feed.TryAppend(kind, watched, json.Written, readAt, translator.HappenedAt);
    }
}
