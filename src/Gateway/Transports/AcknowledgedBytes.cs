using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The bytes that a client's system has acknowledged, as Linux counts them. The server hands a socket up to 64 KiB at once and hears of them
/// again when all were taken, which a reader of 3 KB/s needs 20 s for.
/// </summary>
internal static class AcknowledgedBytes
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;

    /// <summary>The place of <c>tcpi_bytes_acked</c> in <c>struct tcp_info</c> (linux/tcp.h, since Linux 4.1).</summary>
    private const int Offset = 120;

    /// <summary>Returns what counts the bytes of a request's connection; null if it serves other requests too, or can't tell.</summary>
    public static Func<long>? Of(HttpContext context) =>
        OperatingSystem.IsLinux()
        && context.Request.Protocol == HttpProtocol.Http11
        && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            ? () => Read(socket)
            : null;

    private static long Read(Socket socket)
    {
        Span<byte> info = stackalloc byte[Offset + sizeof(long)];
        try
        {
            return socket.GetRawSocketOption(Tcp, TcpInfo, info) == info.Length
                ? BinaryPrimitives.ReadInt64LittleEndian(info[Offset..])
                : 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
