namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// The code and reason of a close frame: the closed set of PROTOCOL.md section 7. A client reconnects after 4000–4499 and doesn't
/// after 4500–4999.
/// </summary>
/// <param name="Status">The WebSocket close code.</param>
/// <param name="Reason">The close reason: at most 123 bytes of UTF-8.</param>
internal sealed record CloseCode(int Status, string Reason)
{
    public static readonly CloseCode Normal = new(1000, "");
    public static readonly CloseCode ProtocolError = new(1002, "not WebSocket");
    public static readonly CloseCode UnsupportedData = new(1003, "binary frames are not supported; send JSON text");
    public static readonly CloseCode MessageTooBig = new(1009, "the message is over the size limit");
    public static readonly CloseCode TooManyFragments = new(1009, "the message has too many fragments; send it in one frame");
    public static readonly CloseCode InternalError = new(1011, "internal error; come back");
    public static readonly CloseCode ServiceRestart = new(1012, "the gateway restarts; come back after a random delay");
    public static readonly CloseCode Reconnect = new(1012, "the operator asks to reconnect; come back");
    public static readonly CloseCode Aged = new(1012, "the connection has reached its age; come back");
    public static readonly CloseCode TryAgainLater = new(1013, "tokens can't be checked at the moment; come back later");
    public static readonly CloseCode MemoryLow = new(1013, "the gateway is short of memory; come back in 10 s");
    public static readonly CloseCode TokenExpired = new(4401, "the token has expired; come back with a fresh one");
    public static readonly CloseCode MessageTimeout = new(4408, "a message took too long to arrive; come back");
    public static readonly CloseCode RateLimited = new(4429, "too many messages; come back slower");
    public static readonly CloseCode BadClient = new(4500, "too many invalid messages in a row; the errors before said why");
    public static readonly CloseCode Unauthorized = new(4501, "the token was refused");
    public static readonly CloseCode Forbidden = new(4503, "the token's bearer may not use this gateway");
    public static readonly CloseCode ClosedForGood = new(4504, "an operator closed this connection");
}
