using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A client that looks at every byte it gets: each event of its jobs holds the job's own name many times, and nothing else may come.</summary>
internal sealed class HonestReader : IDisposable
{
    private const int FillBytes = 3_000;

    private readonly ClientWebSocket socket = new();
    private readonly TaskCompletionSource begun = new();
    private readonly Dictionary<string, long> cursors;

    public HonestReader(params string[] jobIds) => cursors = jobIds.ToDictionary(id => id, _ => 0L, StringComparer.Ordinal);

    private HonestReader(Dictionary<string, long> cursors) => this.cursors = cursors;

    /// <summary>What came that is none of its own, or not what comes next; empty where all was right.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>Completes when some events have come.</summary>
    public Task HasBegun => begun.Task;

    /// <summary>How many events came.</summary>
    public int Events { get; private set; }

    /// <summary>A batch of this job, of 3 KB an event; they have no ids yet.</summary>
    public static WatchJobResponse Batch(string jobId, int events)
    {
        var batch = Say.Replay(hasMore: true, [.. Enumerable.Range(0, events).Select(_ => Say.Event(0))]);
        foreach (var jobEvent in batch.Replay.Events)
        {
            jobEvent.Details = new Struct { Fields = { ["of"] = Value.ForString(jobId), ["fill"] = Value.ForString(Fill(jobId)) } };
        }

        return batch;
    }

    /// <summary>Subscribes to its jobs, and reads until the connection ends or it is told to stop.</summary>
    public async Task RunAsync(Uri url, CancellationToken stop)
    {
        try
        {
            await socket.ConnectAsync(url, stop);
            foreach (var (jobId, cursor) in cursors)
            {
                var text = $$"""{"type":"subscribe","jobId":"{{jobId}}","afterEventId":{{cursor}}}""";
                await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, stop);
            }

            while (await ReadAsync(stop) is { } frame)
            {
                Check(frame);
            }
        }
        catch (WebSocketException e)
            when (e.WebSocketErrorCode is WebSocketError.ConnectionClosedPrematurely or WebSocketError.NotAWebSocket)
        {
            // The process has ended, or takes nobody any more.
        }
        catch (WebSocketException e) when (e.InnerException is HttpRequestException)
        {
            // It was gone before this one came.
        }
        catch (WebSocketException e) when (!stop.IsCancellationRequested)
        {
            Wrong.Add($"no WebSocket: {e.WebSocketErrorCode} {e.Message}");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException && stop.IsCancellationRequested)
        {
            // The attack is over, and the gateway stands.
        }
    }

    /// <summary>One that goes on where this one ended.</summary>
    public HonestReader Resume() => new(cursors);

    public void Dispose() => socket.Dispose();

    private static string Fill(string jobId) => string.Concat(Enumerable.Repeat(jobId, FillBytes / jobId.Length));

    private async Task<byte[]?> ReadAsync(CancellationToken stop)
    {
        using var message = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }

    private void Check(byte[] frame)
    {
        try
        {
            using var json = JsonDocument.Parse(frame);
            var message = json.RootElement;
            var jobId = message.GetProperty("jobId").GetString()!;
            if (!cursors.TryGetValue(jobId, out var cursor))
            {
                Wrong.Add($"another's job: {jobId}");
                return;
            }

            if (message.GetProperty("type").GetString() == "replay")
            {
                cursors[jobId] = message.GetProperty("data").EnumerateArray().Aggregate(cursor, (id, e) => CheckEvent(jobId, id, e));
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            Wrong.Add($"no message: {Encoding.UTF8.GetString(frame.AsSpan(0, Math.Min(frame.Length, 80)))} ({e.Message})");
        }
    }

    private long CheckEvent(string jobId, long cursor, JsonElement jobEvent)
    {
        if (++Events == 100)
        {
            begun.SetResult();
        }

        var id = jobEvent.GetProperty("id").GetInt64();
        var data = jobEvent.GetProperty("data");
        if (data.GetProperty("of").GetString() != jobId || data.GetProperty("fill").GetString() != Fill(jobId) || id != cursor + 1)
        {
            Wrong.Add($"event {id} after {cursor} of {jobId} is of {data.GetProperty("of")}, or filled with something else");
        }

        return id;
    }
}
