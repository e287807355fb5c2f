using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>Appends to a feed what its watch tells, and translates each event once.</summary>
/// <param name="feed">The feed.</param>
/// <param name="translation">The settings for the translation of events.</param>
/// <param name="refuse">Called with an event of the last step that can't be shown.</param>
internal sealed class FeedWriter(
    Feed feed,
    TranslationOptions translation,
    TimeProvider time,
    Action<WatchStep, WatchedEvent, BadEventReason> refuse
) : IDisposable
{
    private readonly JobEventTranslator translator = new(translation);
    private readonly MessageBuffer json = new();

    /// <summary>Appends a step.</summary>
    /// <returns>The feed's end; null if it goes on.</returns>
    public SeatEnd? Write(WatchStep step)
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

    /// <summary>Gives back the memory for an event's JSON, since none is at hand.</summary>
    public void Release() => json.Release();

    public void Dispose() => json.Dispose();

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
            refuse(step, watched, BadEventReasons.Of(translator.Fault));
            return true;
        }

        return feed.TryAppend(kind, watched, json.Written, readAt, translator.HappenedAt);
    }
}
