using System.Buffers.Binary;
using System.Text;

namespace OptimizationGateway.Testing;

/// <summary>A WebSocket frame as it came, and the making of frames, right and wrong.</summary>
public sealed record RawFrame(int Opcode, byte[] Payload)
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] Mask = [0x12, 0x34, 0x56, 0x78];

    public string PayloadText => Encoding.UTF8.GetString(Payload);

    /// <summary>A text message in one frame, as it should be.</summary>
    public static byte[] Message(string text) => Of(Text, Encoding.UTF8.GetBytes(text));

    /// <summary>A close frame.</summary>
    public static byte[] Closing(int code, params byte[] reason) => Of(Close, [(byte)(code >> 8), (byte)code, .. reason]);

    /// <param name="opcode">The opcode, 0 to 15.</param>
    /// <param name="payload">The payload, not masked yet.</param>
    /// <param name="fin">Whether it is the last fragment.</param>
    /// <param name="reserved">The reserved bits, 0 to 7.</param>
    /// <param name="masked">Whether it is masked, as a client's must be.</param>
    /// <param name="announced">The length that the header says, where it isn't the payload's.</param>
    /// <param name="lengthBytes">In how many bytes the length is written: 1, 3 or 9; the fewest by default.</param>
    public static byte[] Of(
        int opcode,
        byte[] payload,
        bool fin = true,
        int reserved = 0,
        bool masked = true,
        ulong? announced = null,
        int? lengthBytes = null
    )
    {
        var length = announced ?? (ulong)payload.Length;
        var form =
            lengthBytes
            ?? (
                length < 126 ? 1
                : length <= ushort.MaxValue ? 3
                : 9
            );
        var frame = new List<byte> { (byte)((fin ? 0x80 : 0) | (reserved << 4) | opcode) };
        frame.Add(
            (byte)(
                (masked ? 0x80 : 0)
                | (
                    form == 1 ? (int)length
                    : form == 3 ? 126
                    : 127
                )
            )
        );
        var full = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(full, length);
        frame.AddRange(full[^(form - 1)..]);
        if (masked)
        {
            frame.AddRange(Mask);
        }

        frame.AddRange(payload.Select((value, i) => masked ? (byte)(value ^ Mask[i % Mask.Length]) : value));
        return [.. frame];
    }
}
