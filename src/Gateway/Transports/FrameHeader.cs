using System.Buffers.Binary;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>The header of a client's frame, byte by byte as it comes: RFC 6455 section 5.2.</summary>
internal sealed class FrameHeader
{
    private const int Longest = 14;
    private const int FirstControlOpcode = 8;

    private readonly byte[] bytes = new byte[Longest];
    private int count;

    /// <summary>True if none of its bytes has arrived.</summary>
    public bool IsEmpty => count == 0;

    /// <remarks>A client's frame has a mask. The library waits for it also where the header denies it, before it refuses that.</remarks>
    public bool IsWhole => count >= 2 && count == 2 + ExtendedLengthBytes + sizeof(uint);

    public bool IsControl => (bytes[0] & 0x0F) >= FirstControlOpcode;

    /// <summary>True if the frame is the last of its message.</summary>
    public bool IsLast => (bytes[0] & 0x80) != 0;

    /// <summary>The length of the payload, in bytes.</summary>
    public ulong PayloadLength =>
        ExtendedLengthBytes switch
        {
            sizeof(ulong) => BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(2)),
            sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)),
            _ => ShortLength,
        };

    private uint ShortLength => (uint)bytes[1] & 0x7F;

    private int ExtendedLengthBytes =>
        ShortLength switch
        {
            127 => sizeof(ulong),
            126 => sizeof(ushort),
            _ => 0,
        };

    public void Add(byte next) => bytes[count++] = next;

    public void Clear() => count = 0;
}
