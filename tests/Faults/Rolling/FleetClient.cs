using System.Net.WebSockets;
using System.Text.Json;

namespace OptimizationGateway.Faults.Rolling;

/// <summary>
/// One viewer of one job, over as many connections as it takes. It comes back as a browser's client does: after a random delay, which grows
/// while it gets no connection. It counts what it sees.
/// </summary>
internal sealed class FleetClient(string job, Func<ClientWebSocket> newSocket, Uri url, Random random)
{
    /// <summary>The start of the reason with which a gateway closes a connection for its age.</summary>
    private const string Aged = "the connection has reached its age";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SmallestDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LargestDelay = TimeSpan.FromSeconds(10);

    private readonly byte[] buffer = new byte[16 * 1024];
    private long? cursor;
    private int attempts;

    public string Job => job;

    /// <summary>The last event that it has; 0 before the first.</summary>
    public long Cursor => cursor ?? 0;

    public bool IsOpen { get; private set; }

    public long Events { get; private set; }

    public long Lost { get; private set; }

    public long Repeated { get; private set; }

    /// <summary>Handshakes that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Subscriptions that were ended or refused.</summary>
    public int Ended { get; private set; }

    /// <summary>Attempts to connect again that a fault brought about.</summary>
    public int Reconnects { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var isAged = await ConnectAsync(stop);
            attempts = IsOpen ? 0 : attempts + 1;
            IsOpen = false;
            if (stop.IsCancellationRequested)
            {
                return;
            }

            var most = SmallestDelay * Math.Pow(2, Math.Min(attempts, 5));
            await Task.Delay((most < LargestDelay ? most : LargestDelay) * random.NextDouble(), CancellationToken.None);
            Reconnects += isAged ? 0 : 1;
        }
    }

    /// <returns>True if the connection was closed for its age.</returns>
    private async Task<bool> ConnectAsync(CancellationToken stop)
    {
        using var socket = newSocket();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            limit.CancelAfter(ConnectLimit);
            await socket.ConnectAsync(url, limit.Token);
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            IsOpen = true;
            await socket.SendAsync(Subscribe(), WebSocketMessageType.Text, endOfMessage: true, stop);
            await ReceiveAsync(socket, stop);
            return socket.CloseStatusDescription?.StartsWith(Aged, StringComparison.Ordinal) ?? false;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Refused += !IsOpen && (int)socket.HttpStatusCode >= 400 ? 1 : 0;
            return false;
        }
    }

    private byte[] Subscribe() =>
        cursor is { } after
            ? JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    type = "subscribe",
                    jobId = job,
                    afterEventId = after,
                }
            )
            : JsonSerializer.SerializeToUtf8Bytes(new { type = "subscribe", jobId = job });

    private async Task ReceiveAsync(ClientWebSocket socket, CancellationToken stop)
    {
        using var message = new MemoryStream();
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", stop);
                return;
            }

            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                Take(message.GetBuffer().AsMemory(0, (int)message.Length));
                message.SetLength(0);
            }
        }
    }

    private void Take(ReadOnlyMemory<byte> text)
    {
        using var json = JsonDocument.Parse(text);
        var message = json.RootElement;
        switch (message.GetProperty("type").GetString())
        {
            case "subscribed":
                cursor ??= message.GetProperty("lastEventId").GetInt64();
                break;
            case "event":
                Take(message.GetProperty("event"));
                break;
            case "replay":
                foreach (var one in message.GetProperty("data").EnumerateArray())
                {
                    Take(one);
                }

                break;
            case "unsubscribed":
            case "error" when message.GetProperty("subscription").GetString() == "not_opened":
                Ended++;
                break;
        }
    }

    private void Take(JsonElement jobEvent)
    {
        var id = jobEvent.GetProperty("id").GetInt64();
        if (id <= Cursor)
        {
            Repeated++;
            return;
        }

        Lost += id - Cursor - 1;
        Events++;
        cursor = id;
    }
}
