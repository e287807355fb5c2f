using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Testing;

/// <summary>A connection of this process with itself that sends back what comes: one round trip takes what it takes on a machine as busy as it is.</summary>
internal sealed class Echo : IAsyncDisposable
{
    private readonly byte[] message = [0];
    private readonly Socket near;
    private readonly Socket far;
    private readonly Task answering;

    private Echo(Socket near, Socket far)
    {
        (this.near, this.far) = (near, far);
        answering = AnswerAsync();
    }

    public static async Task<Echo> OpenAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await near.ConnectAsync(listener.LocalEndPoint!);
        var far = await listener.AcceptAsync();
        far.NoDelay = true;
        return new Echo(near, far);
    }

    public async Task RoundTripsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await near.SendAsync(message);
            await near.ReceiveAsync(message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        near.Dispose();
        await answering;
        far.Dispose();
    }

    private async Task AnswerAsync()
    {
        var received = new byte[1];
        while (await far.ReceiveAsync(received) > 0)
        {
            await far.SendAsync(received);
        }
    }
}
