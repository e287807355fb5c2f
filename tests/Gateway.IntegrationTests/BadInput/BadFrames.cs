using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <param name="Bytes">What is sent on a WebSocket that is open.</param>
/// <param name="CloseCode">The close code that is due; null where it stays open.</param>
/// <param name="Reason">The reason that is due.</param>
/// <param name="Answers">The text messages, or pongs' payloads, that are due before.</param>
internal sealed record BadFrame(byte[] Bytes, int? CloseCode, string Reason = "", params string[] Answers);

/// <summary>The table of malformed and odd frames and what each is answered with.</summary>
internal static class BadFrames
{
    private const string BinaryReason = "binary frames are not supported; send JSON text";
    private const string TooBigReason = "the message is over the size limit";
    private const string FragmentsReason = "the message has too many fragments; send it in one frame";
    private const string Ping = """{"type":"ping"}""";
    private const string Pong = """{"type":"pong"}""";
    private const string NotJson =
        """{"type":"error","error":"The message is not JSON, or nests deeper than 32 levels.","code":"invalid_message","retryable":false,"subscription":"untouched"}""";

    private static readonly byte[] PingBytes = Encoding.UTF8.GetBytes(Ping);

    public static readonly Dictionary<string, BadFrame> Rows = new(StringComparer.Ordinal)
    {
        // RFC 6455 section 5.2: the library refuses these itself, with 1002 and no reason.
        ["reserved bit 1"] = new(RawFrame.Of(RawFrame.Text, PingBytes, reserved: 4), 1002),
        ["reserved bit 2"] = new(RawFrame.Of(RawFrame.Text, PingBytes, reserved: 2), 1002),
        ["reserved bit 3"] = new(RawFrame.Of(RawFrame.Text, PingBytes, reserved: 1), 1002),
        ["a reserved bit in a control frame"] = new(RawFrame.Of(RawFrame.Ping, [], reserved: 4), 1002),
        ["opcode 3"] = new(RawFrame.Of(3, PingBytes), 1002),
        ["opcode 7"] = new(RawFrame.Of(7, PingBytes), 1002),
        ["opcode 11"] = new(RawFrame.Of(11, []), 1002),
        ["opcode 15"] = new(RawFrame.Of(15, []), 1002),
        ["a frame without a mask"] = new(RawFrame.Of(RawFrame.Text, PingBytes, masked: false), 1002),
        ["a ping without a mask"] = new(RawFrame.Of(RawFrame.Ping, PingBytes, masked: false), 1002),
        ["a ping in fragments"] = new(RawFrame.Of(RawFrame.Ping, [], fin: false), 1002),
        ["a close in fragments"] = new(RawFrame.Of(RawFrame.Close, [3, 0xE8], fin: false), 1002),
        ["a ping of 126 bytes"] = new(RawFrame.Of(RawFrame.Ping, new byte[126]), 1002),
        ["a ping that announces 2^63 bytes"] = new(RawFrame.Of(RawFrame.Ping, [], announced: 1UL << 63), 1002),
        ["a close of 126 bytes"] = new(RawFrame.Closing(1000, new byte[124]), 1002),
        ["a continuation of nothing"] = new(RawFrame.Of(RawFrame.Continuation, PingBytes), 1002),
        ["a new message within one in fragments"] = new(
            [.. RawFrame.Of(RawFrame.Text, [.. "{"u8], fin: false), .. RawFrame.Message(Ping)],
            1002
        ),
        ["HTTP where frames belong"] = new([.. "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8], 1002),

        ["2^63 bytes announced"] = new(RawFrame.Of(RawFrame.Text, [], announced: 1UL << 63), 1002),
        ["2^64-1 bytes announced"] = new(RawFrame.Of(RawFrame.Text, [], announced: ulong.MaxValue), 1002),
        ["2^62 bytes announced"] = new(RawFrame.Of(RawFrame.Text, [], announced: 1UL << 62), 1009, TooBigReason),
        ["2^32 bytes announced"] = new(RawFrame.Of(RawFrame.Text, [], announced: 1UL << 32), 1009, TooBigReason),
        ["one byte over the limit announced"] = new(RawFrame.Of(RawFrame.Text, [], announced: 32_769), 1009, TooBigReason),
        ["one byte over the limit"] = new(RawFrame.Message(Ping.PadRight(32_769)), 1009, TooBigReason),
        ["one byte over the limit in two fragments"] = new(
            [
                .. RawFrame.Of(RawFrame.Text, Encoding.UTF8.GetBytes(Ping.PadRight(32_768)), fin: false),
                .. RawFrame.Of(RawFrame.Continuation, [.. " "u8]),
            ],
            1009,
            TooBigReason
        ),
        ["a second fragment that announces 2^62 bytes"] = new(
            [
                .. RawFrame.Of(RawFrame.Text, [.. "{"u8], fin: false),
                .. RawFrame.Of(RawFrame.Continuation, [.. "}"u8], announced: 1UL << 62),
            ],
            1009,
            TooBigReason
        ),
        ["a second fragment that announces 2^62 bytes and brings none"] = new(
            [.. RawFrame.Of(RawFrame.Text, [.. "{"u8], fin: false), .. RawFrame.Of(RawFrame.Continuation, [], announced: 1UL << 62)],
            1009,
            TooBigReason
        ),
        ["a message at the limit"] = new(RawFrame.Message(Ping.PadRight(32_768)), null, "", Pong),
        ["a length in more bytes than it needs"] = new(RawFrame.Of(RawFrame.Text, PingBytes, lengthBytes: 9), null, "", Pong),
        ["a short length in three bytes"] = new(RawFrame.Of(RawFrame.Text, PingBytes, lengthBytes: 3), null, "", Pong),

        ["a binary message"] = new(RawFrame.Of(RawFrame.Binary, PingBytes), 1003, BinaryReason),
        ["an empty binary message"] = new(RawFrame.Of(RawFrame.Binary, []), 1003, BinaryReason),
        ["a binary message in fragments"] = new(RawFrame.Of(RawFrame.Binary, [1], fin: false), 1003, BinaryReason),

        ["65 fragments"] = new(InFragments(65), 1009, FragmentsReason),
        ["64 fragments"] = new(InFragments(64), null, "", Pong),
        ["5,000 empty fragments"] = new(
            [.. RawFrame.Of(RawFrame.Text, [], fin: false), .. Repeat(5_000, RawFrame.Of(RawFrame.Continuation, [], fin: false))],
            1009,
            FragmentsReason
        ),
        ["an empty first and last fragment"] = new(
            [
                .. RawFrame.Of(RawFrame.Text, [], fin: false),
                .. RawFrame.Of(RawFrame.Continuation, PingBytes, fin: false),
                .. RawFrame.Of(RawFrame.Continuation, []),
            ],
            null,
            "",
            Pong
        ),
        ["a message before one of too many fragments"] = new([.. RawFrame.Message(Ping), .. InFragments(65)], 1009, FragmentsReason, Pong),
        ["an empty message"] = new(RawFrame.Message(""), null, "", NotJson),
        ["a ping within a message"] = new(
            [
                .. RawFrame.Of(RawFrame.Text, PingBytes[..5], fin: false),
                .. RawFrame.Of(RawFrame.Ping, [.. "?"u8]),
                .. RawFrame.Of(RawFrame.Continuation, PingBytes[5..]),
            ],
            null,
            "",
            "?",
            Pong
        ),
        ["a ping of 125 bytes"] = new(
            RawFrame.Of(RawFrame.Ping, Encoding.UTF8.GetBytes(new string('x', 125))),
            null,
            "",
            new string('x', 125)
        ),
        ["a pong nobody asked for"] = new(RawFrame.Of(RawFrame.Pong, [.. "!"u8]), null),

        // RFC 6455 section 8.1.
        ["a byte that is never UTF-8"] = new(RawFrame.Of(RawFrame.Text, [0xFF]), 1007),
        ["an overlong form"] = new(RawFrame.Of(RawFrame.Text, [0xC0, 0xAF]), 1007),
        ["a surrogate in UTF-8"] = new(RawFrame.Of(RawFrame.Text, [0xED, 0xA0, 0x80]), 1007),
        ["beyond U+10FFFF"] = new(RawFrame.Of(RawFrame.Text, [0xF4, 0x90, 0x80, 0x80]), 1007),
        ["a character that is cut off"] = new(RawFrame.Of(RawFrame.Text, [0xE2, 0x82]), 1007),
        ["bytes that are wrong across two fragments"] = new(
            [.. RawFrame.Of(RawFrame.Text, [0xE2, 0x82], fin: false), .. RawFrame.Of(RawFrame.Continuation, [.. "x"u8])],
            1007
        ),
        ["a character across two fragments"] = new(
            [.. RawFrame.Of(RawFrame.Text, [0xE2, 0x82], fin: false), .. RawFrame.Of(RawFrame.Continuation, [0xAC])],
            null,
            "",
            NotJson
        ),

        // RFC 6455 sections 5.5.1 and 7.4.
        ["a close without a code"] = new(RawFrame.Of(RawFrame.Close, []), 1000),
        ["a close with 1000"] = new(RawFrame.Closing(1000), 1000),
        ["a close with 1001"] = new(RawFrame.Closing(1001, [.. "going"u8]), 1000),
        ["a close with 3000"] = new(RawFrame.Closing(3000), 1000),
        ["a close with 4999"] = new(RawFrame.Closing(4999), 1000),
        ["a close of one byte"] = new(RawFrame.Of(RawFrame.Close, [3]), 1002),
        ["a close with 0"] = new(RawFrame.Closing(0), 1002),
        ["a close with 999"] = new(RawFrame.Closing(999), 1002),
        ["a close with 1004"] = new(RawFrame.Closing(1004), 1002),
        ["a close with 1005"] = new(RawFrame.Closing(1005), 1002),
        ["a close with 1006"] = new(RawFrame.Closing(1006), 1002),
        ["a close with 1015"] = new(RawFrame.Closing(1015), 1002),
        ["a close with 2000"] = new(RawFrame.Closing(2000), 1002),
        ["a close with 5000"] = new(RawFrame.Closing(5000), 1002),
        ["a close with 65535"] = new(RawFrame.Closing(65_535), 1002),
        ["a reason that is not UTF-8"] = new(RawFrame.Closing(1000, 0xFF, 0xFE), 1002),
        ["messages after a close"] = new([.. RawFrame.Closing(1000), .. RawFrame.Message(Ping)], 1000),
        ["a close within a message"] = new([.. RawFrame.Of(RawFrame.Text, [.. "{"u8], fin: false), .. RawFrame.Closing(1000)], 1000),
    };

    private static byte[] InFragments(int count) =>
        [
            .. RawFrame.Of(RawFrame.Text, PingBytes, fin: false),
            .. Repeat(count - 2, RawFrame.Of(RawFrame.Continuation, [.. " "u8], fin: false)),
            .. RawFrame.Of(RawFrame.Continuation, [.. " "u8]),
        ];

    private static byte[] Repeat(int count, byte[] frame) => [.. Enumerable.Repeat(frame, count).SelectMany(bytes => bytes)];
}
