using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Load.Limits;

/// <summary>The limit of any sender: frames that were made before, written to the same sockets by a program that does nothing else.</summary>
/// <param name="framesAWrite">1 for a write each; more to gather them in 64 KiB.</param>
internal sealed class ReadyServer(int framesAWrite)
{
    private readonly Dictionary<string, Audience> audiences = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public static async Task<int> RunAsync(int port, int framesAWrite)
    {
        var server = new ReadyServer(framesAWrite);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        _ = server.AcceptAsync(listener);
        new Thread(server.Pace) { IsBackground = true, Name = "pacer" }.Start();
        return await Commands.ServeAsync(_ => Task.FromResult(new JsonObject()));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            var buffer = new byte[4096];
            await socket.ReceiveAsync(buffer);
            await socket.SendAsync(
                Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            );
            var read = await socket.ReceiveAsync(buffer);
            // The frame's head is two or four bytes, and its mask is four zeros.
            var message = JsonNode.Parse(buffer.AsSpan(buffer.AsSpan().IndexOf((byte)'{')..read))!;
            var job = (string)message["jobId"]!;
            await StartAsync(socket, job, JobName.Parse(job)!);
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                // A viewer that leaves.
            }
        }
        catch (SocketException)
        {
            // It has left already.
        }
    }

    private async Task StartAsync(Socket socket, string job, JobName name)
    {
        if (name.Kind == JobKind.Rate)
        {
            Join(socket, job, name);
            return;
        }

        var first = ReadyFrames.FirstId;
        await socket.SendAsync(Subscribed(job, first - 1));
        var frames = new ReadyFrames(job, name.Shape, framesAWrite);
        for (var sent = 0; sent < name.Number; )
        {
            var count = Math.Min(frames.Count, name.Number - sent);
            await socket.SendAsync(frames.From(first + sent, count, Moment.Now));
            sent += count;
        }
    }

    private void Join(Socket socket, string job, JobName name)
    {
        lock (gate)
        {
            if (!audiences.TryGetValue(job, out var audience))
            {
                var period = name.Number == 0 ? double.MaxValue / 2 : 1e6 / name.Number;
                var phase = audiences.Count * 0.6180339887 % 1;
                audience = new Audience(new ReadyFrames(job, name.Shape, 1), period, Moment.Now + (Math.Max(phase, 0.1) * period));
                audiences.Add(job, audience);
            }

            socket.Send(Subscribed(job, audience.NextId - 1));
            audience.Sockets.Add(socket);
        }
    }

    private static byte[] Subscribed(string job, long last) =>
        ReadyFrames.Frame($$"""{"type":"subscribed","jobId":"{{job}}","lastEventId":{{last}} }""");

    private void Pace()
    {
        while (true)
        {
            var isBehind = false;
            lock (gate)
            {
                foreach (var audience in audiences.Values)
                {
                    isBehind |= audience.SendNext();
                }
            }

            // Viewers can join also while it is behind.
            Thread.Sleep(isBehind ? 0 : 1);
        }
    }

    /// <summary>The viewers of one job with a rate.</summary>
    private sealed class Audience(ReadyFrames frames, double period, double firstAt)
    {
        private double dueAt = firstAt;

        public List<Socket> Sockets { get; } = [];

        public long NextId { get; private set; } = ReadyFrames.FirstId;

        /// <summary>Sends the next event, if it is due.</summary>
        /// <returns>True if another one is due.</returns>
        public bool SendNext()
        {
            if (Moment.Now is var now && now >= dueAt)
            {
                SendToAll(frames.From(NextId++, 1, now).Span);
                dueAt += period;
            }

            return Moment.Now >= dueAt;
        }

        private void SendToAll(ReadOnlySpan<byte> bytes)
        {
            for (var i = Sockets.Count - 1; i >= 0; i--)
            {
                if (!TrySend(Sockets[i], bytes))
                {
                    Sockets.RemoveAt(i);
                }
            }
        }

        private static bool TrySend(Socket socket, ReadOnlySpan<byte> bytes)
        {
            socket.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success;
        }
    }
}
