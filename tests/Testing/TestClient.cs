using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace OptimizationGateway.Testing;

/// <summary>
/// A WebSocket client that misses no message: it reads from the start, keeps all it got in <see cref="Received"/>, and hands it out one by
/// one. Every wait has a deadline, and says what had come when it passes.
/// </summary>
public sealed class TestClient : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // An event may nest 128 levels (PROTOCOL.md section 4), and .NET reads 64 by default.
    private static readonly System.Text.Json.JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly ClientWebSocket socket;
    private readonly Channel<JsonObject> messages = Channel.CreateUnbounded<JsonObject>();
    private readonly List<JsonObject> received = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;

    private TestClient(ClientWebSocket socket)
    {
        this.socket = socket;
        reading = ReadAsync();
    }

    /// <summary>All messages so far, in order.</summary>
    public IReadOnlyList<JsonObject> Received
    {
        get
        {
            lock (received)
            {
                return [.. received];
            }
        }
    }

    /// <summary>The code the gateway closed with; null while it is open, and where the connection just broke.</summary>
    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    /// <summary>What it said when it closed.</summary>
    public string? CloseReason => socket.CloseStatusDescription;

    public string? Subprotocol => socket.SubProtocol;

    public static async Task<TestClient> ConnectAsync(
        Uri url,
        Action<ClientWebSocketOptions>? configure = null,
        HttpMessageInvoker? http = null
    )
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        using var deadline = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(url, http, deadline.Token);
        return new TestClient(socket);
    }

    public Task SendAsync(object message) => SendTextAsync(JsonSerializer.Serialize(message));

    public async Task SendTextAsync(string text)
    {
        MessageRecord.Sent(text);
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
        }
        catch (WebSocketException e)
        {
            throw new WebSocketException($"{e.Message} Close: {CloseStatus} {CloseReason}. Received so far:\n{Transcript()}", e);
        }
    }

    public async Task SendBytesAsync(byte[] bytes, WebSocketMessageType type, bool endOfMessage = true)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await socket.SendAsync(bytes, type, endOfMessage, deadline.Token);
    }

    public Task SubscribeAsync(string jobId, long? afterEventId = null) =>
        SendAsync(
            afterEventId is null
                ? new Dictionary<string, object> { ["type"] = "subscribe", ["jobId"] = jobId }
                : new Dictionary<string, object>
                {
                    ["type"] = "subscribe",
                    ["jobId"] = jobId,
                    ["afterEventId"] = afterEventId,
                }
        );

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonObject> NextAsync(TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? Deadline);
        try
        {
            return await messages.Reader.ReadAsync(timeout.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException($"No message came; {socket.State} {socket.CloseStatus}. Received so far:\n{Transcript()}", e);
        }
    }

    /// <summary>The next message, which must be of this type.</summary>
    public async Task<JsonObject> NextAsync(string type, TimeSpan? deadline = null)
    {
        var message = await NextAsync(deadline);
        return (string?)message["type"] == type
            ? message
            : throw new InvalidOperationException($"Expected a message of type {type}, got {message.ToJsonString()}.");
    }

    /// <summary>Takes messages until one satisfies the condition, and returns them all.</summary>
    public async Task<List<JsonObject>> UntilAsync(Func<JsonObject, bool> condition, TimeSpan? deadline = null)
    {
        var taken = new List<JsonObject>();
        do
        {
            taken.Add(await NextAsync(deadline));
        } while (!condition(taken[^1]));

        return taken;
    }

    public Task<List<JsonObject>> UntilAsync(string type, TimeSpan? deadline = null) =>
        UntilAsync(message => (string?)message["type"] == type, deadline);

    /// <summary>Sends a ping and takes everything up to its pong: what the gateway had to say by then.</summary>
    public async Task<List<JsonObject>> SettleAsync()
    {
        var id = Guid.NewGuid().ToString("N");
        await SendAsync(new { type = "ping", requestId = id });
        return await UntilAsync(message => (string?)message["requestId"] == id);
    }

    /// <summary>The ids of all events so far of one job, from replays and live, in the order they came.</summary>
    public List<long> EventIds(string jobId) => EventIds(Received, jobId);

    public static List<long> EventIds(IEnumerable<JsonObject> messages, string jobId) =>
        [.. Events(messages, jobId).Select(e => (long)e["id"]!)];

    /// <summary>The events in these messages that belong to a job's subscription.</summary>
    public static IEnumerable<JsonNode> Events(IEnumerable<JsonObject> messages, string jobId) =>
        messages
            .Where(m => (string?)m["jobId"] == jobId && m["requested"] is null)
            .SelectMany(m =>
                (string?)m["type"] switch
                {
                    "replay" => m["data"]!.AsArray().Select(e => e!),
                    "event" => [m["event"]!],
                    _ => [],
                }
            );

    /// <summary>Waits until the gateway has closed or the connection is gone.</summary>
    public Task ClosedAsync(TimeSpan? deadline = null) => reading.WaitAsync(deadline ?? Deadline);

    /// <summary>Whether that has happened.</summary>
    public bool IsClosed => reading.IsCompleted;

    /// <summary>Closes as a browser does.</summary>
    public async Task CloseAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", deadline.Token);
        await ClosedAsync();
    }

    /// <summary>Drops the connection without a word.</summary>
    public void Abort() => socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        socket.Abort();
        await reading;
        socket.Dispose();
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(), stop.Token);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, "", stop.Token);
                    return;
                }

                message.Write(buffer, 0, read.Count);
                if (read.EndOfMessage)
                {
                    var text = message.ToArray();
                    MessageRecord.Received(text);
                    Take(JsonNode.Parse(text, documentOptions: Deep)!.AsObject());
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e)
            when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone; what was waited for says so.
        }
        finally
        {
            messages.Writer.TryComplete();
        }
    }

    private void Take(JsonObject message)
    {
        lock (received)
        {
            received.Add(message);
        }

        messages.Writer.TryWrite(message);
    }

    private string Transcript() => string.Join('\n', Received.TakeLast(20).Select(m => m.ToJsonString()));
}
