using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The tag <c>type</c> of messages and events, by the names that messages have on the wire; made once, since each message needs one.</summary>
internal static class MessageTags
{
    private static readonly KeyValuePair<string, object?>[] Sent =
    [
        .. Enum.GetValues<ServerMessageType>().Select(type => Tag(type.ToString())),
    ];

    private static readonly KeyValuePair<string, object?>[] Received =
    [
        .. Enum.GetValues<ClientMessageType>().Select(type => Tag(type.ToString())),
    ];

    private static readonly KeyValuePair<string, object?> None = Tag("none");

    public static KeyValuePair<string, object?> Of(ServerMessageType type) => Sent[(int)type];

    public static KeyValuePair<string, object?> Of(ClientMessageType? type) => type is { } known ? Received[(int)known] : None;

    private static KeyValuePair<string, object?> Tag(string name) => new("type", name.ToLowerInvariant());
}
