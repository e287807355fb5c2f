using System.Net.WebSockets;
using OptimizationGateway.Gateway.Buffers;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The only writer of a socket: drains the <see cref="Outbox"/>, many messages in one write, then sends the close frame. It ends by itself
/// when the outbox is closed and drained; a reader that takes nothing for too long is aborted.
/// </summary>
/// <param name="socket">The WebSocket, which sends the close frame and its own control frames.</param>
/// <param name="stream">The stream below it.</param>
/// <param name="outbox">The messages to send.</param>
/// <param name="sent">Called with each message once the socket has taken it.</param>
internal sealed class SocketWriter(WebSocket socket, FrameStream stream, Outbox outbox, Action<MessageFacts, int> sent)
{
    /// <summary>
    /// The most that is gathered for one write, in bytes. 64 KiB are no faster, and a reader that takes nothing would hold as much.
    /// </summary>
    private const int GatherSize = 16 * 1024;

    private readonly List<Receipt> gathered = [];

    /// <summary>Rented only while something is sent: an idle socket costs nothing here.</summary>
    private byte[] buffer = [];
    private int count;

    /// <summary>Sends what the outbox gives until it is closed.</summary>
    /// <exception cref="WebSocketException">The socket is gone; so are the exceptions of the stream below it.</exception>
    public async Task DrainAsync(CancellationToken abort)
    {
        try
        {
            while (await outbox.WaitToTakeAsync())
            {
                stream.IsWriterBusy = true;
                buffer = BytePool.Rent(GatherSize);
                while (outbox.TryTake(out var message, out var receipt))
                {
                    await AddAsync(message, receipt, abort);
                }

                await SendAsync(rest: default, abort);
                BytePool.Return(ref buffer);
                stream.IsWriterBusy = false;
                stream.Progress?.Drained();
            }
        }
        finally
        {
            BytePool.Return(ref buffer);
        }
    }

    /// <summary>Sends the close frame. Nothing can be sent after it.</summary>
    public async Task CloseAsync(CloseCode code, CancellationToken abort)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code.Status, code.Reason, abort);
        }
    }

    private async ValueTask AddAsync(OutboxMessage message, Receipt receipt, CancellationToken abort)
    {
        try
        {
            if (message.Length + FrameWriter.LongestHeader > GatherSize - count)
            {
                await SendAsync(rest: default, abort);
            }

            count += FrameWriter.WriteTextHeader(buffer.AsSpan(count), message.Length);
            gathered.Add(receipt);
            if (message.Length > GatherSize - count)
            {
                await SendAsync(message.Bytes, abort);
            }
            else
            {
                message.Bytes.Span.CopyTo(buffer.AsSpan(count));
                count += message.Length;
            }
        }
        finally
        {
            message.Return();
        }
    }

    /// <summary>Sends what was gathered.</summary>
    /// <param name="rest">The message whose header was gathered last, if it is too long to gather.</param>
    /// <param name="abort">Gives up the write.</param>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> rest, CancellationToken abort)
    {
        var writing = stream.WriteFramesAsync(buffer.AsMemory(0, count), rest, abort);
        await outbox.Held.WhileAsync(writing, Costs.StuckWrite);
        count = 0;
        outbox.Sent(gathered);
        foreach (var receipt in gathered)
        {
            sent(receipt.Facts, receipt.Length);
        }

        gathered.Clear();
    }
}
