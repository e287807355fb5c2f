namespace OptimizationGateway.Gateway.Wire;

/// <summary>How a watch broke, told by origin first and by status second, PROTOCOL.md sections 6 and 9.</summary>
internal enum WatchFaultKind
{
    /// <summary>The transport, a proxy, or a backend that says it can't serve now. It may take as long as it takes.</summary>
    Unavailable,

    /// <summary>Nothing came for too long, on a stream that was open.</summary>
    Silent,

    /// <summary>The stream ended OK with no reason to.</summary>
    EndedEarly,

    /// <summary>Something is missing, or another rule of section 8 was broken.</summary>
    Breach,

    /// <summary>An event that can't be parsed or shown.</summary>
    BadEvent,

    NotFound,
    Unimplemented,

    /// <summary>The backend can't serve the cursor; the ids say which side.</summary>
    OutOfRange,

    /// <summary>The log was cut while the client stood at its start.</summary>
    LogCut,

    EpochChanged,

    /// <summary>The backend doesn't accept the caller's token, which was forwarded to it.</summary>
    Unauthorized,

    Forbidden,

    /// <summary>The call's own headers are larger than the backend takes. That is no outage.</summary>
    HeadersTooLarge,

    /// <summary>The backend refused for any other reason.</summary>
    Refused,
}

/// <param name="Kind">Which of them.</param>
/// <param name="EarliestEventId">Of <see cref="WatchFaultKind.OutOfRange"/>: the oldest event that is left, where the backend says so.</param>
/// <param name="LatestEventId">Of <see cref="WatchFaultKind.OutOfRange"/>: the newest one.</param>
/// <param name="EventId">Of <see cref="WatchFaultKind.BadEvent"/>: the event, where its id could be read.</param>
/// <param name="Reason">Of <see cref="WatchFaultKind.BadEvent"/>: the reason why it can't be shown.</param>
/// <param name="Rule">Of <see cref="WatchFaultKind.Breach"/>: which rule was broken.</param>
/// <param name="Headers">Of <see cref="WatchFaultKind.HeadersTooLarge"/>: their size and the backend's limit.</param>
internal sealed record WatchFault(
    WatchFaultKind Kind,
    long? EarliestEventId = null,
    long? LatestEventId = null,
    long? EventId = null,
    BadEventReason? Reason = null,
    BreachedRule? Rule = null,
    OversizedHeaders? Headers = null
)
{
    public static readonly WatchFault Unavailable = new(WatchFaultKind.Unavailable);
    public static readonly WatchFault Silent = new(WatchFaultKind.Silent);
    public static readonly WatchFault EndedEarly = new(WatchFaultKind.EndedEarly);
    public static readonly WatchFault EpochChanged = new(WatchFaultKind.EpochChanged);
    public static readonly WatchFault Refused = new(WatchFaultKind.Refused);

    /// <summary>The fault as the log has it: the kind, and the details that can be looked into.</summary>
    public string Cause =>
        Reason is not null ? $"{Kind}: {(EventId is { } id ? $"event {id}" : "an event without a readable id")}, {Reason}"
        : Rule is not null ? $"{Kind}: {Rule}"
        : $"{Kind}";

    /// <param name="id">The event's id, where it could be read; one that no cursor can name is no help to anyone and left out.</param>
    /// <param name="reason">The reason why the event can't be shown.</param>
    public static WatchFault BadEvent(long id, BadEventReason reason) =>
        new(WatchFaultKind.BadEvent, EventId: id is > 0 and <= WatchedEvent.MaxId ? id : null, Reason: reason);

    /// <summary>The fault of an event that lacks something, or else is too large.</summary>
    public static WatchFault BadEvent(in WatchedEvent watched) => BadEvent(watched.Id, watched.Fault ?? BadEventReason.EventTooLarge);

    public static WatchFault Breach(BreachedRule rule) => new(WatchFaultKind.Breach, Rule: rule);
}
