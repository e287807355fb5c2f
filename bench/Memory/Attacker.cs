using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OptimizationGateway.Memory;

/// <summary>
/// A client that watches jobs and reads slowly. It speaks just enough WebSocket, or HTTP, for that, so that a thousand of them cost little.
/// When it is sent away it comes back, as a client does.
/// </summary>
/// <param name="gateway">The gateway's socket.</param>
/// <param name="jobs">The jobs that it watches; one if it reads server-sent events.</param>
/// <param name="bytesPerSecond">How fast it reads.</param>
/// <param name="readsEventStream">True if it reads server-sent events, false for a WebSocket.</param>
/// <param name="counts">What happened to all of them.</param>
internal sealed class Attacker(Uri gateway, IReadOnlyList<string> jobs, int bytesPerSecond, bool readsEventStream, AttackCounts counts)
{
    private static readonly byte[] Mask = [0, 0, 0, 0];

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await VisitAsync(stop);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                counts.Cut();
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Random.Shared.Next(1_000, 5_000), CancellationToken.None);
        }
    }

    private async Task VisitAsync(CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024, NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Port), stop);
        var buffer = new byte[bytesPerSecond];
        await socket.SendAsync(Encoding.ASCII.GetBytes(readsEventStream ? EventStreamRequest : Handshake), stop);
        var read = await socket.ReceiveAsync(buffer, stop);
        var answer = readsEventStream ? "HTTP/1.1 200" : "HTTP/1.1 101";
        if (!Encoding.ASCII.GetString(buffer, 0, read).StartsWith(answer, StringComparison.Ordinal))
        {
            counts.Refused();
            return;
        }

        counts.Entered();
        foreach (var job in readsEventStream ? [] : jobs)
        {
            await socket.SendAsync(Frame($$"""{"type":"subscribe","jobId":"{{job}}","afterEventId":0}"""), stop);
            if (jobs.Count > 1)
            {
                // No more than a client may send.
                await Task.Delay(25, stop);
            }
        }

        while (true)
        {
            await Task.Delay(1_000, stop);
            if (await socket.ReceiveAsync(buffer, stop) == 0)
            {
                counts.Closed();
                return;
            }
        }
    }

    private string Handshake =>
        $"GET {gateway.AbsolutePath} HTTP/1.1\r\nHost: {gateway.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private string EventStreamRequest => $"GET /jobs/{jobs[0]}/events?offset=-1&live=sse HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n";

    private static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        return [0x81, (byte)(0x80 | payload.Length), .. Mask, .. payload];
    }
}

/// <summary>What happened to the attackers.</summary>
internal sealed class AttackCounts
{
    private long entered;
    private long refused;
    private long closed;
    private long cut;

    public void Entered() => Interlocked.Increment(ref entered);

    public void Refused() => Interlocked.Increment(ref refused);

    public void Closed() => Interlocked.Increment(ref closed);

    public void Cut() => Interlocked.Increment(ref cut);

    public override string ToString() => $"{entered} came in, {closed} were closed, {cut} were cut off, {refused} were refused";
}
