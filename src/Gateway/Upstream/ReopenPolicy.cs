namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// Whether a watch goes on after a fault, PROTOCOL.md sections 6 and 9. An absent backend may take as long as it takes; one that answers
/// and breaks the contract gets a few chances; one that says no is believed, at once for a new watch and after a while for one that was
/// open, because a new replica may not have the job yet.
/// </summary>
internal sealed class ReopenPolicy(TimeProvider time, UpstreamOptions options, bool isHistoryOnly, Random random)
{
    private const int MaxBreaches = 5;
    private static readonly TimeSpan LagOfOpening = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LagOfReopening = TimeSpan.FromSeconds(60);

    private readonly Backoff backoff = new(random);
    private bool isOpen;
    private int breaches;
    private long? badEventAfter;
    private long? lagBegan;
    private long patienceBegan = time.GetTimestamp();

    /// <summary>How much of the open timeout is left; null where the watch may wait for ever.</summary>
    public TimeSpan? TimeLeft => isOpen && !isHistoryOnly ? null : options.OpenTimeout - time.GetElapsedTime(patienceBegan);

    /// <summary>The client was told that the watch is open.</summary>
    public void Opened()
    {
        isOpen = true;
        Progressed();
    }

    /// <summary>The watch has moved on: what went wrong before counts no more.</summary>
    public void Progressed()
    {
        breaches = 0;
        lagBegan = null;
        backoff.Reset();
        patienceBegan = time.GetTimestamp();
    }

    /// <summary>The stream's reader was busy elsewhere; that time is not the backend's.</summary>
    public void ResumePatience() => patienceBegan = time.GetTimestamp();

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan NextDelay() => backoff.Next();

    /// <returns>Why the watch ends; null where it is reopened.</returns>
    public WatchEnd? Decide(WatchFault fault, long? cursor)
    {
        if (fault.Kind == WatchFaultKind.Unavailable)
        {
            lagBegan = null;
        }

        return fault.Kind switch
        {
            WatchFaultKind.Unavailable or WatchFaultKind.Silent => null,
            WatchFaultKind.EndedEarly or WatchFaultKind.Breach => ++breaches > MaxBreaches ? WatchEnd.BackendError : null,
            WatchFaultKind.BadEvent => IsMetAgain(cursor ?? 0) ? WatchEnd.BadEvent : null,
            WatchFaultKind.NotFound => isOpen ? AfterLag(LagOfReopening, WatchEnd.NotFound) : WatchEnd.NotFound,
            WatchFaultKind.Unimplemented => isOpen ? AfterLag(LagOfReopening, WatchEnd.BackendError) : WatchEnd.BackendError,
            WatchFaultKind.OutOfRange => DecideOutOfRange(fault, cursor),
            WatchFaultKind.LogCut => WatchEnd.HistoryTruncated,
            WatchFaultKind.EpochChanged => WatchEnd.EpochChanged,
            WatchFaultKind.Unauthorized => WatchEnd.Unauthorized,
            WatchFaultKind.Forbidden => WatchEnd.Forbidden,
            WatchFaultKind.HeadersTooLarge when fault.Headers is { AreCallers: true } => WatchEnd.Unauthorized,
            _ => WatchEnd.BackendError,
        };
    }

    private WatchEnd? DecideOutOfRange(WatchFault fault, long? cursor)
    {
        // 0, and no cursor at all, are always served: PROTOCOL.md section 8.
        if (cursor is null or 0)
        {
            return WatchEnd.BackendError;
        }

        if (fault is { EarliestEventId: null, LatestEventId: null })
        {
            return AfterLag(LagOfOpening, WatchEnd.HistoryTruncated);
        }

        return fault.LatestEventId < cursor
            ? AfterLag(isOpen ? LagOfReopening : LagOfOpening, WatchEnd.CursorAhead)
            : WatchEnd.HistoryTruncated;
    }

    private WatchEnd? AfterLag(TimeSpan allowed, WatchEnd end)
    {
        lagBegan ??= time.GetTimestamp();
        return time.GetElapsedTime(lagBegan.Value) >= allowed ? end : null;
    }

    private bool IsMetAgain(long cursor)
    {
        var isMetAgain = badEventAfter == cursor;
        badEventAfter = cursor;
        return isMetAgain;
    }
}
