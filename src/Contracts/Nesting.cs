using Google.Protobuf;

namespace OptimizationGateway.Contracts;

/// <summary>Parses messages whose events nest as deep as PROTOCOL.md section 4 allows.</summary>
public static class Nesting
{
    /// <summary>The most levels of objects and arrays in an event's <c>data</c>, itself included.</summary>
    public const int MaxLevels = 128;

    /// <summary>A level of a <c>Struct</c> is three messages deep: the map's entry, the <c>Value</c> and the next <c>Struct</c>.</summary>
    private const int MessagesPerLevel = 3;

    /// <summary>
    /// The most messages inside each other that are parsed: twice what is allowed, so that most of what is deeper can be told from bytes that
    /// don't parse. The stack takes it easily.
    /// </summary>
    public const int MaxMessages = 2 * MessagesPerLevel * MaxLevels;

    /// <summary>Parses a message. The parser alone takes 100 messages inside each other, which are 33 levels.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message, or nest far deeper than is allowed.</exception>
    public static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> encoded)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(encoded);
        }
        catch (InvalidProtocolBufferException)
        {
            // No other value of the exception than its text says that the depth was the reason.
            return ParseDeep(parser, encoded);
        }
    }

    private static T ParseDeep<T>(MessageParser<T> parser, ReadOnlySpan<byte> encoded)
        where T : IMessage<T>
    {
        // Read as a part of something larger: only there the library checks that nothing is left over.
        using var bytes = new MemoryStream(encoded.Length + sizeof(ulong));
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteLength(encoded.Length);
        }

        bytes.Write(encoded);
        bytes.Position = 0;
        using var input = CodedInputStream.CreateWithLimits(bytes, sizeLimit: int.MaxValue, MaxMessages);
        var message = parser.ParseFrom(ByteString.Empty);
        input.ReadMessage(message);
        return message;
    }
}
