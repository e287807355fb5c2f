using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>What one stream was asked for and has said of itself so far; the next stream starts with a new one. Pure.</summary>
/// <param name="start">The position it was asked to go on from; null: live only.</param>
internal sealed class StreamRecord(long? start)
{
    private bool hasBegunReplay;
    private long? historyEnd;
    private bool hasEnded;

    /// <summary>The position it was asked to go on from; null: live only.</summary>
    public long? Start => start;

    /// <summary>Whether it has been confirmed, in so many words or by an event.</summary>
    public bool IsSubscribed { get; private set; }

    /// <summary>Whether history that was asked for is still to come.</summary>
    public bool ExpectsReplay { get; private set; } = start is not null;

    /// <summary>Whether the log that the backend describes is one that the watch can go on in.</summary>
    /// <param name="subscribed">How it describes it.</param>
    /// <param name="isReopened">Whether the client was told of an earlier stream.</param>
    /// <param name="earliestTold">The oldest event there was at that time, where the client was told so.</param>
    public WatchFault? FaultOf(WatchMessage subscribed, bool isReopened, long? earliestTold)
    {
        if (subscribed.LastEventId is < 0 or > WatchedEvent.MaxId || subscribed.EarliestEventId is < 0 or > WatchedEvent.MaxId)
        {
            return WatchFault.Refused;
        }

        if (start is null)
        {
            // Where "now" is has to be said, or a broken stream could not be resumed without a hole.
            return subscribed.LastEventId is null ? WatchFault.Refused : null;
        }

        if (subscribed.LastEventId < start)
        {
            return new WatchFault(WatchFaultKind.OutOfRange, subscribed.EarliestEventId, subscribed.LastEventId);
        }

        // 0 is always served; but where the client got 0 as its place in a log that has been cut since, events it was promised are gone.
        var isCutSince = isReopened && start == 0 && subscribed.EarliestEventId > (earliestTold ?? 0);
        return isCutSince ? new WatchFault(WatchFaultKind.LogCut, subscribed.EarliestEventId, subscribed.LastEventId) : null;
    }

    public void Confirm() => IsSubscribed = true;

    /// <summary>Notes how far the backend says that its log goes.</summary>
    public void Announce(long? lastEventId, bool ended)
    {
        historyEnd = lastEventId;
        hasEnded = ended;
    }

    /// <summary>A batch has come.</summary>
    /// <param name="isLast">Whether it says that it is the last, or its events do.</param>
    public void TakeBatch(bool isLast)
    {
        hasBegunReplay = true;
        ExpectsReplay = !isLast;
    }

    /// <summary>A live event was taken: where no history has come by now, none will.</summary>
    public void GoLive() => ExpectsReplay = false;

    /// <summary>Whether the backend has said of events that they are there and then didn't send them.</summary>
    public bool IsHistoryMissing(long? cursor) => historyEnd > cursor;

    /// <summary>Whether a live event, taken now, would move the cursor past history that is still to come, or was left out.</summary>
    public bool WouldSkipHistory(long? cursor) => ExpectsReplay && (hasBegunReplay || IsHistoryMissing(cursor));

    /// <summary>Whether the job has ended and nothing of it is still to come.</summary>
    public bool IsComplete(long? cursor) => IsSubscribed && hasEnded && !ExpectsReplay && !IsHistoryMissing(cursor);
}
