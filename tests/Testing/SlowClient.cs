using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Testing;

/// <summary>A WebSocket client with small buffers that reads only when told to.</summary>
public sealed class SlowClient : IAsyncDisposable
{
    /// <summary>The longest message that it should have to wait for at its own pace.</summary>
    private const int LongMessageBytes = 300 * 1024;

    private readonly WebSocket socket;
    private readonly HttpMessageInvoker http;
    private readonly TimeSpan patience;

    private SlowClient(WebSocket socket, HttpMessageInvoker http, TimeSpan patience)
    {
        this.socket = socket;
        this.http = http;
        this.patience = patience;
    }

    /// <param name="url">The gateway's socket.</param>
    /// <param name="receiveBufferBytes">What the kernel takes for it; little, or megabytes fit into it before anyone is held back.</param>
    /// <param name="bytesPerSecond">How fast it takes what it is told to read; as fast as it can by default.</param>
    /// <param name="token">Its token, offered as a browser does; none by default.</param>
    public static async Task<SlowClient> ConnectAsync(
        Uri url,
        int receiveBufferBytes = 8 * 1024,
        int? bytesPerSecond = null,
        string? token = null
    )
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = receiveBufferBytes, NoDelay = true };
                await tcp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancellation);
                var stream = new NetworkStream(tcp, ownsSocket: true);
                return bytesPerSecond is { } rate ? new ThrottledStream(stream, rate) : stream;
            },
        };
        var http = new HttpMessageInvoker(handler);
        var client = new ClientWebSocket();
        if (token is not null)
        {
            client.Options.AddSubProtocol("optimization.v1");
            client.Options.AddSubProtocol($"bearer.{token}");
        }

        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        await client.ConnectAsync(url, http, deadline.Token);
        var slowness = TimeSpan.FromSeconds(bytesPerSecond is null ? 0 : LongMessageBytes / bytesPerSecond.Value);
        return new SlowClient(client, http, TestClient.Deadline + slowness);
    }

    public Task SendAsync(string text)
    {
        MessageRecord.Sent(text);
        return socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    /// <summary>Reads one message.</summary>
    /// <exception cref="WebSocketException">The connection is gone.</exception>
    public async Task<JsonObject> ReadAsync() =>
        await ReadOrCloseAsync() ?? throw new InvalidOperationException($"The gateway closed with {(int?)socket.CloseStatus}.");

    /// <summary>Reads everything up to the gateway's close.</summary>
    /// <returns>The ids of the events, and the close code.</returns>
    public async Task<(List<long> Ids, int? CloseStatus)> ReadToCloseAsync()
    {
        var ids = new List<long>();
        while (await ReadOrCloseAsync() is { } message)
        {
            ids.AddRange(TestClient.EventIds([message], (string?)message["jobId"] ?? ""));
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
        return (ids, (int?)socket.CloseStatus);
    }

    /// <summary>Reads until so many events have come.</summary>
    public async Task<List<long>> ReadEventIdsAsync(int count)
    {
        var ids = new List<long>();
        while (ids.Count < count)
        {
            var message = await ReadAsync();
            ids.AddRange(TestClient.EventIds([message], (string?)message["jobId"] ?? ""));
        }

        return ids;
    }

    private async Task<JsonObject?> ReadOrCloseAsync()
    {
        using var deadline = new CancellationTokenSource(patience);
        using var message = new MemoryStream();
        var buffer = new byte[4 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), deadline.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                var text = message.ToArray();
                MessageRecord.Received(text);
                return JsonNode.Parse(text)!.AsObject();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        http.Dispose();
        return ValueTask.CompletedTask;
    }
}
