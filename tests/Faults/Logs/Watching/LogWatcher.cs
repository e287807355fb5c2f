using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using OptimizationGateway.Faults.Logs.Checker;

namespace OptimizationGateway.Faults.Logs.Watching;

/// <summary>Watches one job from its beginning through gateways in turn, as a browser does that resumes at its cursor. It writes down what it gets.</summary>
internal sealed class LogWatcher(string name, string job, IReadOnlyList<Uri> gateways)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Longer than the gateway's heartbeats of a silent job: then the connection is one that nobody has ended.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly List<Got> events = [];
    private string epoch = "";
    private long cursor;
    private bool hasEnded;

    public Watched Story
    {
        get
        {
            lock (gate)
            {
                return new Watched(name, job, [.. events]);
            }
        }
    }

    /// <summary>Returns true if it has the last event of its job's log.</summary>
    public bool HasAll(IReadOnlyDictionary<string, IReadOnlyList<Got>> logs)
    {
        lock (gate)
        {
            return hasEnded
                || !logs.TryGetValue(job, out var log)
                || log.Count == 0
                || (events.Count > 0 && events[^1].Id == log[^1].Id && epoch == log[^1].LogEpoch);
        }
    }

    /// <summary>Watches until it is stopped, or the job has ended.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var attempt = 0; !stop.IsCancellationRequested && !hasEnded; attempt++)
        {
            try
            {
                await ConnectAsync(gateways[attempt % gateways.Count], stop);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
            {
                // As a browser: again, elsewhere.
            }

            try
            {
                await Task.Delay(Pause, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ConnectAsync(Uri gateway, CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{gateway.Authority}/ws/optimization"), stop);
        await SubscribeAsync(socket, stop);
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (!hasEnded)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Silence);
            var read = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                using var json = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
                message.SetLength(0);
                if (Take(json.RootElement))
                {
                    return;
                }
            }
        }
    }

    private async Task SubscribeAsync(ClientWebSocket socket, CancellationToken stop)
    {
        var subscribe = JsonSerializer.Serialize(
            new
            {
                type = "subscribe",
                jobId = job,
                afterEventId = cursor,
                epoch,
            }
        );
        await socket.SendAsync(Encoding.UTF8.GetBytes(subscribe), WebSocketMessageType.Text, endOfMessage: true, stop);
    }

    /// <returns>True if nothing follows on this connection.</returns>
    private bool Take(JsonElement message)
    {
        lock (gate)
        {
            switch (message.GetProperty("type").GetString())
            {
                case "subscribed" when message.TryGetProperty("epoch", out var named):
                    epoch = named.GetString()!;
                    return false;
                case "event":
                    Add(message.GetProperty("event"));
                    return false;
                case "replay":
                    foreach (var jobEvent in message.GetProperty("data").EnumerateArray())
                    {
                        Add(jobEvent);
                    }

                    return false;
                case "error" when message.TryGetProperty("subscription", out var what) && what.GetString() == "kept":
                    return false;
                case "error":
                    if (message.GetProperty("code").GetString() is "epoch_changed" or "cursor_ahead")
                    {
                        (epoch, cursor) = ("", 0);
                    }

                    return true;
                case "unsubscribed":
                    return true;
                default:
                    return false;
            }
        }
    }

    private void Add(JsonElement jobEvent)
    {
        var got = GotReader.Read(jobEvent, epoch);
        events.Add(got);
        cursor = got.Id;
        hasEnded = got.IsTerminal;
    }
}
