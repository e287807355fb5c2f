using System.Net.WebSockets;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>The limits of a WebSocket's client.</summary>
/// <param name="MessageBytes">The largest message, in bytes.</param>
/// <param name="Fragments">The most frames of one message.</param>
/// <param name="MessageTimeout">The longest time from a message's first byte to its last.</param>
/// <param name="StuckReaderTimeout">The longest time the client may take nothing.</param>
/// <param name="Acknowledged">Counts the bytes that the client's system has acknowledged; null if that isn't known.</param>
/// <param name="MayControl">Called for each control frame: returns true if the client may send so many.</param>
internal sealed record SocketLimits(
    int MessageBytes,
    int Fragments,
    TimeSpan MessageTimeout,
    TimeSpan StuckReaderTimeout,
    Func<long>? Acknowledged,
    Func<bool> MayControl
);

/// <summary>A WebSocket as the server hands it over, from the socket down.</summary>
/// <param name="socket">The WebSocket.</param>
/// <param name="stream">The stream below it.</param>
/// <param name="abort">Ends what is below both, without a word.</param>
/// <param name="limits">The client's limits.</param>
internal sealed class WebSocketTransport(WebSocket socket, FrameStream stream, Action abort, SocketLimits limits, TimeProvider time)
    : IClientTransport
{
    private SocketReader? reader;
    private SocketWriter? writer;

    /// <inheritdoc/>
    public MessageForm Form => MessageForm.Enveloped;

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.WebSocket;

    /// <inheritdoc/>
    public void Watch(Action<CloseCode> onBreach, Action onStuck)
    {
        var (bytes, fragments, messageTimeout, stuckTimeout, acknowledged, mayControl) = limits;
        stream.Meter = new FrameMeter(time, bytes, fragments, messageTimeout, mayControl, onBreach);
        stream.Progress = new SendProgress(time, stuckTimeout, acknowledged, onStuck);
        reader = new SocketReader(socket, stream.Meter, bytes);
    }

    /// <inheritdoc/>
    public ValueTask<ClientRead> ReadAsync(CancellationToken abort) => reader!.ReadAsync(abort);

    /// <inheritdoc/>
    public async Task<SendEnd> SendAsync(Outbox outbox, Action<MessageFacts, int> sent, CancellationToken abort)
    {
        writer = new SocketWriter(socket, stream, outbox, sent);
        try
        {
            await writer.DrainAsync(abort);
        }
        catch (Exception e)
            when (e
                    is WebSocketException
                        or IOException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or InvalidOperationException
            )
        {
            // A socket that is closed or aborted by itself ends the reader too, and the reader knows which it was.
            return socket.State == WebSocketState.Open ? SendEnd.Lost : SendEnd.Closed;
        }

        return SendEnd.Closed;
    }

    /// <summary>Sends the close frame.</summary>
    public async Task CloseAsync(CloseCode code, CancellationToken abort)
    {
        try
        {
            await writer!.CloseAsync(code, abort);
            if (code == CloseCode.ProtocolError)
            {
                // The library has closed and reads no more; ending the request now would reset the connection and take the close frame with it.
                await stream.DiscardAsync(abort);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection went away first.
        }
    }

    /// <summary>
    /// Ends it without a word. What the server's own buffers still hold for the client, which it will not take, the server would
    /// otherwise wait for.
    /// </summary>
    public void Abort()
    {
        socket.Abort();
        abort();
    }

    public void Dispose()
    {
        stream.Progress?.Dispose();
        stream.Meter?.Dispose();
        socket.Dispose();
    }
}
