using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>The result of one read of a client.</summary>
internal enum ClientReadKind
{
    /// <summary>A whole text message.</summary>
    Message,

    /// <summary>A message that came in another form than JSON, and is read already.</summary>
    Request,

    /// <summary>The client closed, or answered our close.</summary>
    Closed,

    /// <summary>The client broke the rules of frames: close with the code.</summary>
    Violation,

    /// <summary>The client broke the rules of the transport itself, which has told it so: of WebSocket with 1002 or 1007.</summary>
    Refused,

    /// <summary>The connection is gone.</summary>
    Lost,
}

/// <param name="Kind">The kind of result.</param>
/// <param name="Text">The message, valid UTF-8; valid until the next read.</param>
/// <param name="CloseCode">The close code after a violation.</param>
/// <param name="Read">The message that is read already.</param>
internal readonly record struct ClientRead(
    ClientReadKind Kind,
    ReadOnlyMemory<byte> Text = default,
    CloseCode? CloseCode = null,
    ClientMessage? Read = null
)
{
    public static ClientRead Message(ReadOnlyMemory<byte> text) => new(ClientReadKind.Message, text);

    public static ClientRead Request(ClientMessage message) => new(ClientReadKind.Request, Read: message);

    public static ClientRead Violation(CloseCode code) => new(ClientReadKind.Violation, CloseCode: code);

    public static readonly ClientRead Closed = new(ClientReadKind.Closed);

    public static readonly ClientRead Refused = new(ClientReadKind.Refused);

    public static readonly ClientRead Lost = new(ClientReadKind.Lost);
}
