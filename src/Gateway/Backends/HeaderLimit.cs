using System.Buffers.Binary;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The most bytes of headers that a replica takes in one call, as its HTTP/2 settings say. The HTTP client enforces that number
/// without telling it: with it a call whose own headers are too large can be told from an outage.
/// </summary>
internal sealed class HeaderLimit
{
    private const int FrameHeader = 9;
    private const int Setting = 6;
    private const byte SettingsFrame = 4;
    private const ushort MaxHeaderListSize = 6;
    private const long None = -1;

    private long bytes = None;

    /// <summary>The bytes, counted as RFC 9113 does, section 6.5.2; null if no connection has said.</summary>
    public long? Bytes => Volatile.Read(ref bytes) is var known && known != None ? known : null;

    /// <summary>Wraps a new connection, so that its first frame is noticed.</summary>
    public Stream Notice(Stream connection) => new FirstFrameStream(connection, FrameHeader, LengthOf, Read);

    /// <summary>The length of a frame with its header; 0 if it isn't the settings, which a server sends first.</summary>
    private static int LengthOf(ReadOnlySpan<byte> header) =>
        header[3] == SettingsFrame ? FrameHeader + (header[0] << 16 | header[1] << 8 | header[2]) : 0;

    private void Read(ReadOnlySpan<byte> settings)
    {
        var most = None;
        for (var rest = settings[FrameHeader..]; rest.Length >= Setting; rest = rest[Setting..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(rest) == MaxHeaderListSize)
            {
                most = BinaryPrimitives.ReadUInt32BigEndian(rest[2..]);
            }
        }

        Volatile.Write(ref bytes, most);
    }
}
