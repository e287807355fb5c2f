using System.Net.WebSockets;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The only writer of a socket: drains the <see cref="Outbox"/>, then sends the close frame. It ends by itself when the outbox is
/// closed and drained; a reader that takes nothing for too long is aborted.
/// </summary>
/// <param name="stream">The stream below it, which gathers frames; null if there is none.</param>
/// <param name="outbox">The messages to send.</param>
/// <param name="sent">Called with each message once the socket has taken it.</param>
internal sealed class SocketWriter(WebSocket socket, GatheringStream? stream, Outbox outbox, Action<OutboxMessage> sent)
{
    /// <summary>Sends what the outbox gives until it is closed.</summary>
    /// <exception cref="WebSocketException">The socket is gone; so are the exceptions of the stream below it.</exception>
    public async Task DrainAsync(CancellationToken abort)
    {
        while (await outbox.WaitToTakeAsync())
        {
            stream?.IsWriterBusy = true;
            while (outbox.TryTake(out var message))
            {
                await SendAsync(message, abort);
            }

            await SendRestAsync(abort);
        }
    }

    /// <summary>Sends the close frame. Nothing can be sent after it.</summary>
    public async Task CloseAsync(CloseCode code, CancellationToken abort)
    {
        // Where the library has closed by itself, its close frame may be among what was gathered when the writer stopped.
        await SendRestAsync(abort);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code.Status, code.Reason, abort);
        }
    }

    /// <summary>Sends what was gathered for a message that didn't come: it was dropped meanwhile, or the socket closed.</summary>
    private async Task SendRestAsync(CancellationToken abort)
    {
        if (stream is null)
        {
            return;
        }

        stream.MoreFollows = false;
        await stream.SendGatheredAsync(abort);
        stream.IsWriterBusy = false;
        stream.Progress?.Drained();
    }

    private async Task SendAsync(OutboxMessage message, CancellationToken abort)
    {
        try
        {
            if (stream is not null)
            {
                stream.MoreFollows = outbox.HasMessages;
            }

            await socket.SendAsync(message.Bytes, WebSocketMessageType.Text, endOfMessage: true, abort);
            sent(message);
        }
        finally
        {
            message.Return();
        }
    }
}
