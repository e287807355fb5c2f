namespace OptimizationGateway.Gateway.Protocol;

/// <summary>The kinds of client messages, PROTOCOL.md section 2.</summary>
internal enum ClientMessageType
{
    Subscribe,
    Unsubscribe,
    Replay,
    Ping,
}

/// <summary>One valid client message.</summary>
/// <param name="Type">The message's type.</param>
/// <param name="JobId">The job; empty for a ping.</param>
/// <param name="AfterEventId">The cursor, 0 to 2^53−1; null where none was given. A replay without one starts at 0.</param>
/// <param name="Epoch">The epoch the cursor belongs to; null where none was given.</param>
/// <param name="RequestId">The id that direct answers echo; null if the client gave none.</param>
internal sealed record ClientMessage(ClientMessageType Type, string JobId, long? AfterEventId, string? Epoch, string? RequestId)
{
    /// <summary>The trace context of W3C that the client is in; null where none was given, or something else.</summary>
    public string? TraceParent { get; init; }
}
