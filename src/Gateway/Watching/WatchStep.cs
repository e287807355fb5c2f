using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The closed set of steps that a <see cref="JobWatcher"/> tells its consumer, in the order in which the client hears of them. A step and the
/// bytes of its events are good until the next step is asked for.
/// </summary>
internal abstract record WatchStep
{
    /// <summary>The backend has accepted the watch. Told once, as the first step.</summary>
    public sealed record Opened(string Epoch, long? LastEventId, long? EarliestEventId) : WatchStep;

    /// <summary>
    /// Events that are new to the client but not to the log. The last step of a replay has <paramref name="HasMore"/> false.
    /// </summary>
    public sealed record History(IReadOnlyList<WatchedEvent> Events, bool HasMore) : WatchStep;

    /// <summary>An event as it happens. A watch has one object for all of them.</summary>
    public sealed record Live(WatchedEvent Event) : WatchStep
    {
        /// <summary>The event.</summary>
        public WatchedEvent Event { get; set; } = Event;
    }

    /// <summary>The backend has been away for longer than 3 s; the watch goes on.</summary>
    public sealed record Outage : WatchStep;

    /// <summary>The end. Nothing follows.</summary>
    public sealed record Ended(WatchEnd Reason, WatchFault? Fault = null) : WatchStep
    {
        /// <summary>True if somebody has to look into it: the backend's author or its operator.</summary>
        public bool NeedsAttention => Reason is WatchEnd.BackendError or WatchEnd.BadEvent || Fault?.Headers is not null;
    }
}

/// <summary>The reasons for which a watch ends.</summary>
internal enum WatchEnd
{
    /// <summary>The job ended, and the client has all its events.</summary>
    JobEnded,

    /// <summary>A one-off replay has reached the end of the history.</summary>
    HistoryRead,

    NotFound,
    HistoryTruncated,
    CursorAhead,
    EpochChanged,
    Unauthorized,
    Forbidden,

    /// <summary>The watch could not be opened in time, or a one-off replay could not be read on in time.</summary>
    Unavailable,

    /// <summary>The backend refused, or keeps breaking its contract.</summary>
    BackendError,

    /// <summary>An event can't be shown, and asking again didn't help.</summary>
    BadEvent,
}
