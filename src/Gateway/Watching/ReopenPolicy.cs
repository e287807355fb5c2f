using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// Decides whether and when a watch goes on after a fault, PROTOCOL.md sections 6 and 9. An absent backend may take as long as it
/// takes. One that answers and breaks the contract gets a few chances. A refusal is final for a new watch; for one that was open it is
/// final only after a while, because a new replica may not have the job yet. Pure.
/// </summary>
internal sealed class ReopenPolicy(UpstreamOptions options, WatchStart start, Random random)
{
    private const int MaxBreaches = 5;
    private static readonly TimeSpan LagOfOpening = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LagOfReopening = TimeSpan.FromSeconds(60);

    private readonly Backoff backoff = new(random);
    private int breaches;
    private long? badEventAfter;
    private TimeSpan? lagBegan;
    private TimeSpan lagEnds;
    private TimeSpan budgetBegan;
    private TimeSpan? turnAskedAt;

    /// <summary>The end of the present wait.</summary>
    public TimeSpan ResumeAt { get; private set; }

    /// <summary>True if the present wait is to be followed by one for the backend's turn.</summary>
    public bool NeedsTurn { get; private set; } = true;

    /// <summary>Forgets earlier faults, since the watch makes progress.</summary>
    public void Progressed(TimeSpan now)
    {
        breaches = 0;
        lagBegan = null;
        backoff.Reset();
        budgetBegan = now;
    }

    /// <summary>Restarts the open timeout after the consumer was busy; that time isn't the backend's.</summary>
    public void RestartBudget(TimeSpan now) => budgetBegan = now;

    /// <summary>Returns the rest of the open timeout; null if the watch may wait for ever.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="isOpened">True if the client was told <c>subscribed</c>.</param>
    public TimeSpan? TimeLeft(TimeSpan now, bool isOpened) =>
        isOpened && !start.HistoryOnly ? null : options.OpenTimeout - (now - budgetBegan);

    /// <summary>Starts the wait for the next attempt: first a backoff, and then the backend's turn.</summary>
    public void BackOff(TimeSpan now, bool isOpened) => (ResumeAt, NeedsTurn) = (now + Within(backoff.Next(), now, isOpened), true);

    /// <summary>Goes on to wait for the backend's turn.</summary>
    public void AskForTurn(TimeSpan now) => turnAskedAt ??= now;

    /// <summary>Ends the wait for the backend's turn. It doesn't count towards the open timeout: the stream is late because others come first.</summary>
    public void TurnCame(TimeSpan now)
    {
        budgetBegan += now - (turnAskedAt ?? now);
        (turnAskedAt, NeedsTurn) = (null, false);
    }

    /// <summary>Decides whether the fault ends the watch.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="cursor">The watch's position; 0 if a live-only watch doesn't know its position yet.</param>
    /// <param name="isOpened">True if the client was told <c>subscribed</c>.</param>
    /// <returns>The reason to end; null to reopen.</returns>
    public WatchEnd? Decide(TimeSpan now, WatchFault fault, long cursor, bool isOpened)
    {
        if (fault.Kind == WatchFaultKind.Unavailable)
        {
            lagBegan = null;
        }

        var lag = isOpened ? LagOfReopening : TimeSpan.Zero;
        var end = fault.Kind switch
        {
            WatchFaultKind.Unavailable or WatchFaultKind.Silent => null,
            WatchFaultKind.EndedEarly or WatchFaultKind.Breach => ++breaches > MaxBreaches ? WatchEnd.BackendError : null,
            WatchFaultKind.BadEvent => IsMetAgain(cursor) ? WatchEnd.BadEvent : null,
            WatchFaultKind.NotFound => AfterLag(now, lag, WatchEnd.NotFound),
            WatchFaultKind.Unimplemented => AfterLag(now, lag, WatchEnd.BackendError),
            WatchFaultKind.OutOfRange => DecideOutOfRange(now, fault, cursor, isOpened),
            WatchFaultKind.LogCut => WatchEnd.HistoryTruncated,
            WatchFaultKind.EpochChanged => WatchEnd.EpochChanged,
            WatchFaultKind.Unauthorized => WatchEnd.Unauthorized,
            WatchFaultKind.Forbidden => WatchEnd.Forbidden,
            WatchFaultKind.HeadersTooLarge when fault.Headers is { AreCallers: true } => WatchEnd.Unauthorized,
            _ => (WatchEnd?)WatchEnd.BackendError,
        };
        return end ?? (TimeLeft(now, isOpened) <= TimeSpan.Zero ? WatchEnd.Unavailable : null);
    }

    /// <summary>Returns true if the fault is a sign of the backend's ill health, as a refusal isn't.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="isConfirmed">True if the stream was confirmed: then its silence says little, and the next stream will tell.</param>
    public static bool IsBackendDown(WatchFault fault, bool isConfirmed) =>
        fault.Kind is WatchFaultKind.Unavailable or WatchFaultKind.EndedEarly or WatchFaultKind.Breach
        || (fault.Kind == WatchFaultKind.Silent && !isConfirmed);

    private WatchEnd? DecideOutOfRange(TimeSpan now, WatchFault fault, long cursor, bool isOpened)
    {
        // 0 is always served, and so is no cursor at all: PROTOCOL.md section 8.
        if (cursor == 0)
        {
            return WatchEnd.BackendError;
        }

        if (fault is { EarliestEventId: null, LatestEventId: null })
        {
            return AfterLag(now, LagOfOpening, WatchEnd.HistoryTruncated);
        }

        return fault.LatestEventId < cursor
            ? AfterLag(now, isOpened ? LagOfReopening : LagOfOpening, WatchEnd.CursorAhead)
            : WatchEnd.HistoryTruncated;
    }

    /// <summary>Shortens a wait to what is left of the open timeout, and to the last attempt at a replica that may lag.</summary>
    private TimeSpan Within(TimeSpan delay, TimeSpan now, bool isOpened)
    {
        var wait = lagBegan is not null && lagEnds > now && lagEnds - now < delay ? lagEnds - now : delay;
        return TimeLeft(now, isOpened) is { } left && left < wait ? left : wait;
    }

    private WatchEnd? AfterLag(TimeSpan now, TimeSpan allowed, WatchEnd end)
    {
        lagBegan ??= now;
        lagEnds = lagBegan.Value + allowed;
        return now >= lagEnds ? end : null;
    }

    private bool IsMetAgain(long cursor)
    {
        var isMetAgain = badEventAfter == cursor;
        badEventAfter = cursor;
        return isMetAgain;
    }
}
