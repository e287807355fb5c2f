using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OptimizationGateway.Load.Client;

/// <summary>The language that a bridge speaks.</summary>
internal enum Speech
{
    /// <summary>PROTOCOL.md, over a WebSocket.</summary>
    Plain,

    /// <summary>Server-sent events, as PROTOCOL.md has them.</summary>
    Events,

    /// <summary>The same messages as items of a SignalR stream, in its JSON protocol.</summary>
    SignalR,
}

/// <summary>One viewer: a WebSocket with one subscription, or an event stream.</summary>
internal sealed class Viewer(string job, long? cursor, Latencies? latencies, int bufferBytes) : IDisposable
{
    /// <summary>The 503 of a bridge that admits no more at the moment.</summary>
    private const string Refused = " 503 ";

    private readonly FrameScanner scanner = new(cursor, latencies);
    private readonly byte[] buffer = new byte[bufferBytes];
    private ChunkedBody? body;
    private Socket? socket;
    private int held;

    public string Job => job;

    public FrameScanner Seen => scanner;

    /// <summary>The reason the connection ended; null while it is open.</summary>
    public string? Ended { get; private set; }

    /// <summary>Connects and subscribes. A bridge that refuses with 503 is asked again.</summary>
    /// <returns>The number of refusals.</returns>
    public async Task<int> ConnectAsync(Uri url, Speech speech)
    {
        for (var refusals = 0; ; refusals++)
        {
            if (await TryConnectAsync(url, speech))
            {
                if (speech != Speech.Events)
                {
                    await SubscribeAsync(speech);
                }

                return refusals;
            }

            socket!.Dispose();
            // Half a second, and a little of everyone's own.
            await Task.Delay(400 + Random.Shared.Next(200));
        }
    }

    /// <summary>Reads until the connection ends or <paramref name="isDone"/>.</summary>
    /// <param name="isDone">Looks at what has come.</param>
    /// <param name="pause">
    /// The time to wait after a small read, where latency isn't measured: a client that wakes for each frame of a fast sender would take the
    /// CPU that it measures.
    /// </param>
    public async Task ReadAsync(Func<FrameScanner, bool> isDone, TimeSpan pause = default)
    {
        try
        {
            while (!isDone(scanner) && Ended is null)
            {
                var read = await socket!.ReceiveAsync(buffer.AsMemory(held));
                Ended = read == 0 ? "the bridge closed the connection" : null;
                Take(held + (body?.Strip(buffer.AsSpan(held, read)) ?? read));
                await AnswerPingAsync();
                if (pause > TimeSpan.Zero && read < buffer.Length / 4 && !isDone(scanner))
                {
                    await Task.Delay(pause);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Ended = error.Message;
        }
    }

    /// <summary>Reads only what the socket's smallest buffer takes, from now on: a viewer that is stuck.</summary>
    public void Stick() => socket!.ReceiveBufferSize = 4096;

    /// <summary>Leaves as a browser does: a WebSocket with a close frame.</summary>
    public async Task CloseAsync()
    {
        try
        {
            if (body is null)
            {
                await socket!.SendAsync(Masked(0x88, [0x03, 0xe8]));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The bridge was faster.
        }

        socket!.Dispose();
    }

    public void Dispose() => socket?.Dispose();

    private void Take(int length)
    {
        var taken = scanner.Scan(buffer.AsSpan(0, length), Moment.Now);
        held = length - taken;
        buffer.AsSpan(taken, held).CopyTo(buffer);
        if (scanner.IsClosed)
        {
            Ended = "the bridge sent a close frame";
        }
    }

    private async Task AnswerPingAsync()
    {
        if (scanner.PingPayload is { } payload)
        {
            scanner.PingPayload = null;
            await socket!.SendAsync(Masked(0x8a, payload));
        }
    }

    private async Task<bool> TryConnectAsync(Uri url, Speech speech)
    {
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
        var request =
            speech == Speech.Events
                ? $"GET /jobs/{job}/events?live=sse&offset={(cursor is null ? "now" : "-1")} HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n"
                : $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(held));
            held += read;
            var end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8);
            if (end < 0 && read > 0)
            {
                continue;
            }

            var answer = Encoding.ASCII.GetString(buffer, 0, Math.Max(end, 0));
            if (answer.Contains(Refused, StringComparison.Ordinal))
            {
                held = 0;
                return false;
            }

            if (!answer.StartsWith(speech == Speech.Events ? "HTTP/1.1 200" : "HTTP/1.1 101", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"The bridge at {url} doesn't let in: {answer.Split('\r')[0]}");
            }

            var rest = buffer.AsSpan(end + 4, held - end - 4);
            held = 0;
            if (speech == Speech.Events)
            {
                body = new ChunkedBody();
                scanner.BeginText();
                rest.CopyTo(buffer);
                Take(body.Strip(buffer.AsSpan(0, rest.Length)));
            }

            return true;
        }
    }

    private async Task SubscribeAsync(Speech speech)
    {
        var from = cursor?.ToString(CultureInfo.InvariantCulture);
        if (speech == Speech.SignalR)
        {
            await SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e");
            await SendAsync(
                $$"""{"type":4,"invocationId":"1","target":"Subscribe","arguments":["{{job}}",{{from ?? "null"}}]}""" + '\u001e'
            );
            return;
        }

        await SendAsync($$"""{"type":"subscribe","jobId":"{{job}}"{{(from is null ? "" : $",\"afterEventId\":{from}")}}}""");
    }

    private ValueTask<int> SendAsync(string text) =>
        socket!.SendAsync(Masked(0x81, Encoding.UTF8.GetBytes(text)), SocketFlags.None, default);

    /// <summary>A client's frame. The mask is zero, which is one as good as any for loopback.</summary>
    private static byte[] Masked(byte head, ReadOnlySpan<byte> payload)
    {
        byte[] size =
            payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : [0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length];
        return [head, .. size, 0, 0, 0, 0, .. payload];
    }
}
