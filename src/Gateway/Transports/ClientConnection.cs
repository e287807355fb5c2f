using System.Net.WebSockets;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>A connection as the server hands it over, from the socket down.</summary>
/// <param name="socket">The WebSocket.</param>
/// <param name="stream">The stream below it.</param>
/// <param name="abort">Ends what is below both, without a word.</param>
internal sealed class ClientConnection(WebSocket socket, FrameStream stream, Action abort) : IDisposable
{
    public WebSocket Socket => socket;

    /// <summary>The stream below the socket.</summary>
    public FrameStream Stream => stream;

    /// <summary>Has what comes in and goes out watched.</summary>
    public void Watch(FrameMeter meter, SendProgress progress)
    {
        stream.Meter = meter;
        stream.Progress = progress;
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

    public void Dispose() => socket.Dispose();
}
