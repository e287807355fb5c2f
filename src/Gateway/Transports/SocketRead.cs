using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>The result of one read of a socket.</summary>
internal enum SocketReadKind
{
    /// <summary>A whole text message.</summary>
    Message,

    /// <summary>The client closed, or answered our close.</summary>
    Closed,

    /// <summary>The client broke the rules of frames: close with the code.</summary>
    Violation,

    /// <summary>The client broke the rules of WebSocket itself, and the library has closed with 1002 or 1007.</summary>
    Refused,

    /// <summary>The connection is gone.</summary>
    Lost,
}

/// <param name="Kind">The kind of result.</param>
/// <param name="Text">The message, valid UTF-8; valid until the next read.</param>
/// <param name="CloseCode">The close code after a violation.</param>
internal readonly record struct SocketRead(SocketReadKind Kind, ReadOnlyMemory<byte> Text = default, CloseCode? CloseCode = null)
{
    public static SocketRead Message(ReadOnlyMemory<byte> text) => new(SocketReadKind.Message, text);

    public static SocketRead Violation(CloseCode code) => new(SocketReadKind.Violation, CloseCode: code);

    public static readonly SocketRead Closed = new(SocketReadKind.Closed);

    public static readonly SocketRead Refused = new(SocketReadKind.Refused);

    public static readonly SocketRead Lost = new(SocketReadKind.Lost);
}
