namespace OptimizationGateway.Gateway.Protocol;

/// <summary>The kinds of server messages, PROTOCOL.md section 3.</summary>
internal enum ServerMessageType
{
    Subscribed,
    Replay,
    Event,
    Unsubscribed,
    Pong,
    Error,
}
