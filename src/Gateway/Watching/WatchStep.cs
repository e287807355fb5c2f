using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>What a <see cref="JobWatcher"/> has to tell: what the client hears, in the order in which it hears it.</summary>
internal abstract record WatchStep
{
    /// <summary>The backend accepted; once, at the start.</summary>
    public sealed record Opened(string Epoch, long? LastEventId, long? EarliestEventId) : WatchStep;

    /// <summary>Events that are new to the client but not to the log; the last of a replay has <paramref name="HasMore"/> false.</summary>
    public sealed record History(IReadOnlyList<WatchedEvent> Events, bool HasMore) : WatchStep;

    /// <summary>An event as it happens.</summary>
    public sealed record Live(WatchedEvent Event) : WatchStep;

    /// <summary>The backend is away, for longer than one should keep quiet about; the watch goes on.</summary>
    public sealed record Outage : WatchStep;

    /// <summary>Nothing follows.</summary>
    public sealed record Ended(WatchEnd Reason, WatchFault? Fault = null) : WatchStep
    {
        /// <summary>True if somebody has to look into it: the backend's author or its operator.</summary>
        public bool NeedsAttention => Reason is WatchEnd.BackendError or WatchEnd.BadEvent || Fault?.Headers is not null;
    }
}

/// <summary>Why a watch ended.</summary>
internal enum WatchEnd
{
    /// <summary>The job ended, and the client has all its events.</summary>
    JobEnded,

    /// <summary>A one-off replay has come to the end of the history.</summary>
    HistoryRead,

    NotFound,
    HistoryTruncated,
    CursorAhead,
    EpochChanged,
    Unauthorized,
    Forbidden,

    /// <summary>It could not be opened in time; or, of a one-off replay, not be read on.</summary>
    Unavailable,

    /// <summary>The backend refused, or keeps breaking its contract.</summary>
    BackendError,

    /// <summary>An event can't be shown, and asking again didn't help.</summary>
    BadEvent,
}
