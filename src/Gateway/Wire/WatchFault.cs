using OptimizationGateway.Contracts;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>The kinds of faults that break a stream, PROTOCOL.md sections 6 and 9.</summary>
internal enum WatchFaultKind
{
    /// <summary>
    /// The transport or a proxy failed, or the backend says that it can't serve now. There is no limit to how often this is retried.
    /// </summary>
    Unavailable,

    /// <summary>Nothing came for too long, on a stream that was open.</summary>
    Silent,

    /// <summary>The stream ended with OK without a reason to.</summary>
    EndedEarly,

    /// <summary>An event is missing, or another rule of section 8 was broken.</summary>
    Breach,

    /// <summary>An event can't be parsed or shown.</summary>
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

/// <summary>A fault that broke a stream, as a value.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="EarliestEventId">The oldest event that is left, if the backend says so; of <see cref="WatchFaultKind.OutOfRange"/>.</param>
/// <param name="LatestEventId">The newest event, if the backend says so; of <see cref="WatchFaultKind.OutOfRange"/>.</param>
/// <param name="EventId">The event's id, if it could be read; of <see cref="WatchFaultKind.BadEvent"/>.</param>
/// <param name="Reason">The reason why the event can't be shown; of <see cref="WatchFaultKind.BadEvent"/>.</param>
/// <param name="Rule">The rule that was broken; of <see cref="WatchFaultKind.Breach"/>.</param>
/// <param name="Headers">The size of the headers and the backend's limit; of <see cref="WatchFaultKind.HeadersTooLarge"/>.</param>
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

    /// <summary>Creates the fault of an event that can't be shown. An id that no cursor can name is left out.</summary>
    public static WatchFault BadEvent(long id, BadEventReason reason) =>
        new(WatchFaultKind.BadEvent, EventId: id is > 0 and <= EventIds.Max ? id : null, Reason: reason);

    /// <summary>Creates the fault of an event that lacks something, or else is too large.</summary>
    public static WatchFault BadEvent(in WatchedEvent watched) => BadEvent(watched.Id, watched.Fault ?? BadEventReason.EventTooLarge);

    /// <summary>Creates the fault of a broken rule.</summary>
    public static WatchFault Breach(BreachedRule rule) => new(WatchFaultKind.Breach, Rule: rule);
}
