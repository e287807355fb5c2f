using System.Buffers.Binary;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>Writes the headers of a server's frames: RFC 6455 section 5.2. A server masks nothing.</summary>
internal static class FrameWriter
{
    /// <summary>The length of the longest header in bytes.</summary>
    public const int LongestHeader = 10;

    /// <summary>The first byte of a text message in one frame: FIN and the opcode.</summary>
    private const byte WholeText = 0x81;

    /// <summary>Writes the header of a text message in one frame.</summary>
    /// <param name="destination">The destination, of at least <see cref="LongestHeader"/> bytes.</param>
    /// <param name="length">The length of the message in bytes.</param>
    /// <returns>The length of the header.</returns>
    public static int WriteTextHeader(Span<byte> destination, int length)
    {
        destination[0] = WholeText;
        switch (length)
        {
            case < 126:
                destination[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
                return 4;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)length);
                return 10;
        }
    }
}
