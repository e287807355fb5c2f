using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OptimizationGateway.Testing;

/// <summary>
/// A TCP connection to a gateway that sends exactly the bytes it is told to, and reads what comes back byte by byte. Only the latter goes
/// into the <see cref="MessageRecord"/>: what it sends is wrong on purpose.
/// </summary>
public sealed class RawClient : IAsyncDisposable
{
    private readonly TcpClient tcp = new() { NoDelay = true };
    private readonly Uri url;
    private readonly byte[] next = new byte[1];
    private NetworkStream stream = null!;

    private RawClient(Uri url) => this.url = url;

    public static async Task<RawClient> ConnectAsync(Uri url)
    {
        var client = new RawClient(url);
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        await client.tcp.ConnectAsync(url.Host, url.Port, deadline.Token);
        client.stream = client.tcp.GetStream();
        return client;
    }

    /// <summary>Connects and shakes hands as it should be done.</summary>
    public static async Task<RawClient> UpgradeAsync(Uri url)
    {
        var client = await ConnectAsync(url);
        await client.ShakeHandsAsync();
        return client;
    }

    /// <summary>Becomes a WebSocket on the connection as it is.</summary>
    public async Task ShakeHandsAsync()
    {
        await SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /ws/optimization HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
        );
        var answer = await ReadHttpAsync();
        if (answer.Status != 101)
        {
            throw new InvalidOperationException($"A good handshake got {answer.Status}: {answer.Body}");
        }
    }

    /// <summary>Sends the bytes; what the gateway has closed meanwhile doesn't matter.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        try
        {
            await stream.WriteAsync(bytes, deadline.Token);
        }
        catch (IOException)
        {
            // Its answer may still be readable, and is what the test is about.
        }
    }

    /// <summary>The next HTTP answer.</summary>
    /// <param name="hasBody">False for the answer to a HEAD, whose headers speak of a body that doesn't come.</param>
    public async Task<RawHttpAnswer> ReadHttpAsync(bool hasBody = true)
    {
        var lines = Encoding.ASCII.GetString(await ReadUntilAsync("\r\n\r\n"u8.ToArray())).Split("\r\n");
        var headers = lines
            .Skip(1)
            .Where(line => line.Length > 0)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var body = hasBody && status != 101 ? await ReadBodyAsync(headers) : [];
        return new RawHttpAnswer(status, headers, Encoding.UTF8.GetString(body));
    }

    /// <summary>The next WebSocket frame; null where the connection has ended.</summary>
    public async Task<RawFrame?> ReadFrameAsync()
    {
        if (await TryReadAsync() is not { } first)
        {
            return null;
        }

        var length = (await ReadAsync(1))[0] switch
        {
            126 => ToLength(await ReadAsync(2)),
            127 => ToLength(await ReadAsync(8)),
            var small => small,
        };
        var frame = new RawFrame(first & 0x0F, await ReadAsync(length));
        if (frame.Opcode == RawFrame.Text)
        {
            MessageRecord.Received(frame.Payload);
        }

        return frame;
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<byte[]> ReadRestAsync()
    {
        var rest = new List<byte>();
        while (await TryReadAsync() is { } read)
        {
            rest.Add(read);
        }

        return [.. rest];
    }

    /// <summary>Waits until the gateway has ended the connection.</summary>
    public Task EndedAsync() => ReadRestAsync();

    public ValueTask DisposeAsync()
    {
        tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]> ReadBodyAsync(Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("Content-Length", out var length))
        {
            return await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture));
        }

        if (!headers.ContainsKey("Transfer-Encoding"))
        {
            return await ReadRestAsync();
        }

        var body = new List<byte>();
        while (true)
        {
            var line = Encoding.ASCII.GetString(await ReadUntilAsync("\r\n"u8.ToArray()));
            var chunk = await ReadAsync(int.Parse(line.TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 2);
            if (chunk.Length == 2)
            {
                return [.. body];
            }

            body.AddRange(chunk[..^2]);
        }
    }

    private async Task<byte[]> ReadUntilAsync(byte[] end)
    {
        var read = new List<byte>();
        while (!read.TakeLast(end.Length).SequenceEqual(end))
        {
            read.AddRange(await ReadAsync(1));
        }

        return [.. read];
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var read = new byte[count];
        for (var i = 0; i < count; i++)
        {
            read[i] = await TryReadAsync() ?? throw new EndOfStreamException($"The connection ended after {i} of {count} bytes.");
        }

        return read;
    }

    private async Task<byte?> TryReadAsync()
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        try
        {
            return await stream.ReadAsync(next, deadline.Token) == 1 ? next[0] : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int ToLength(byte[] bigEndian) => bigEndian.Aggregate(0, (sum, next) => checked((sum * 256) + next));
}
