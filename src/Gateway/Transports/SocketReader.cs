using System.Net.WebSockets;
using OptimizationGateway.Gateway.Buffers;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// Reads whole text messages out of a WebSocket, which by itself limits nothing about them: a <see cref="FrameMeter"/> does. One read is
/// always pending, or the keep-alive's pongs would go unseen; an idle one holds no buffer.
/// </summary>
/// <param name="meter">Sees the frames before the socket does.</param>
/// <param name="maxBytes">The largest message, in bytes, and the most that the buffer grows to.</param>
internal sealed class SocketReader(WebSocket socket, FrameMeter meter, int maxBytes)
{
    private const int InitialSize = 2 * 1024;

    /// <summary>Returned before the next read alone: at a session's end a read that nobody awaits may still write into it.</summary>
    private byte[] buffer = [];
    private long whole;
    private bool isBroken;

    /// <summary>Reads the next message. After a violation the rest is read and dropped until the client closes.</summary>
    public async ValueTask<ClientRead> ReadAsync(CancellationToken abort)
    {
        try
        {
            return await ReadMessageAsync(abort);
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // To text that isn't UTF-8, and to what isn't WebSocket at all, the library itself has answered, with 1007 or 1002.
            return ClientRead.Refused;
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return ClientRead.Lost;
        }
    }

    private async ValueTask<ClientRead> ReadMessageAsync(CancellationToken abort)
    {
        BytePool.Return(ref buffer);
        if (isBroken)
        {
            return await DiscardAsync(abort);
        }

        var length = 0;
        while (true)
        {
            // With no buffer this waits for data and reads none of it.
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), abort);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return ClientRead.Closed;
            }

            if (received.MessageType == WebSocketMessageType.Binary)
            {
                return Violation(CloseCode.UnsupportedData);
            }

            if (meter.BreachAfter(whole) is { } breach)
            {
                return Violation(breach);
            }

            length += received.Count;
            if (length > maxBytes)
            {
                return Violation(CloseCode.MessageTooBig);
            }

            if (received.EndOfMessage)
            {
                whole++;
                return ClientRead.Message(buffer.AsMemory(0, length));
            }

            EnsureFree(length);
        }
    }

    private ClientRead Violation(CloseCode code)
    {
        isBroken = true;
        return ClientRead.Violation(code);
    }

    private async ValueTask<ClientRead> DiscardAsync(CancellationToken abort)
    {
        EnsureFree(length: 0);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), abort);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return ClientRead.Closed;
            }
        }
    }

    private void EnsureFree(int length)
    {
        if (length < buffer.Length)
        {
            return;
        }

        var larger = BytePool.Rent(Math.Max(InitialSize, length * 2));
        buffer.AsSpan(0, length).CopyTo(larger);
        BytePool.Return(ref buffer);
        buffer = larger;
    }
}
