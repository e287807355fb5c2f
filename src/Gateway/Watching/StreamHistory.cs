using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The history that one stream was asked for and has announced. Decides the rules that depend on it: a live-only stream expects none,
/// and no live event may overtake it. The next stream starts with a new one. Pure.
/// </summary>
/// <param name="after">The position that the stream was asked to go on from; null for live events only.</param>
internal sealed class StreamHistory(long? after)
{
    private bool hasBegun;
    private long? end;
    private bool jobHasEnded;

    /// <summary>True if the stream was asked for live events only, since the client named no cursor and none is known yet.</summary>
    public bool IsLiveOnly => after is null;

    /// <summary>True if the stream was asked for all there is, and may start after events that are gone.</summary>
    public bool IsFromStart => after == 0;

    /// <summary>True if history that was asked for is still to come.</summary>
    public bool IsExpected { get; private set; } = after is not null;

    /// <summary>Judges the log that the backend describes in <c>subscribed</c>.</summary>
    /// <param name="subscribed">The description.</param>
    /// <param name="isReopened">True if the client was told of an earlier stream.</param>
    /// <param name="earliestTold">The oldest event there was at that time, if the client was told so.</param>
    /// <returns>The reason for which the watch can't go on in that log; null if it can.</returns>
    public WatchFault? FaultOf(WatchMessage subscribed, bool isReopened, long? earliestTold)
    {
        if (subscribed.LastEventId is < 0 or > EventIds.Max || subscribed.EarliestEventId is < 0 or > EventIds.Max)
        {
            return WatchFault.Refused;
        }

        if (IsLiveOnly)
        {
            // Without the newest id a broken stream could not be resumed without a gap.
            return subscribed.LastEventId is null ? WatchFault.Refused : null;
        }

        if (subscribed.LastEventId < after)
        {
            return new WatchFault(WatchFaultKind.OutOfRange, subscribed.EarliestEventId, subscribed.LastEventId);
        }

        // 0 is always served; but if the client got 0 as its position in a log that has been cut since, events it was promised are gone.
        var isCutSince = isReopened && IsFromStart && subscribed.EarliestEventId > (earliestTold ?? 0);
        return isCutSince ? new WatchFault(WatchFaultKind.LogCut, subscribed.EarliestEventId, subscribed.LastEventId) : null;
    }

    /// <summary>Records the newest id of the log, and whether the job has ended with it.</summary>
    public void Announce(long? lastEventId, bool ended) => (end, jobHasEnded) = (lastEventId, ended);

    /// <summary>Records a batch.</summary>
    /// <param name="isLast">True if the batch says that it is the last, or its events do.</param>
    public void TakeBatch(bool isLast) => (hasBegun, IsExpected) = (true, !isLast);

    /// <summary>Records a live event: history that hasn't come by now won't come.</summary>
    public void GoLive() => IsExpected = false;

    /// <summary>True if the backend has announced events beyond the cursor and hasn't sent them.</summary>
    public bool IsMissing(long? cursor) => end > cursor;

    /// <summary>True if a live event would move the cursor past history that is still to come, or was left out.</summary>
    public bool WouldBeSkipped(long? cursor) => IsExpected && (hasBegun || IsMissing(cursor));

    /// <summary>True if the job has ended and nothing of it is still to come.</summary>
    public bool IsComplete(long? cursor) => jobHasEnded && !IsExpected && !IsMissing(cursor);
}
