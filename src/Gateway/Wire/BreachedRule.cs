namespace OptimizationGateway.Gateway.Wire;

/// <summary>
/// The rule about a stream's content that a backend broke (PROTOCOL.md sections 8 and 9). The log names it for the backend's author.
/// </summary>
internal enum BreachedRule
{
    /// <summary>An event's <c>previous_id</c> names one that was never sent.</summary>
    Gap,

    /// <summary>A live event came while history that was announced is still to come.</summary>
    LiveBeforeHistory,

    /// <summary>A live event came on a stream that was asked for history only.</summary>
    LiveInHistoryOnly,

    /// <summary>The last <c>replay</c> ends below the <c>last_event_id</c> of <c>subscribed</c>.</summary>
    HistoryCutShort,

    /// <summary>A heartbeat promises events that weren't sent.</summary>
    HeartbeatAhead,

    /// <summary>Too many messages told nothing new.</summary>
    UselessMessages,
}
