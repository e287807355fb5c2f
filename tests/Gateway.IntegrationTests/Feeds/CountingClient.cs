using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>A viewer from the beginning that keeps only how far it is, and how late events were.</summary>
/// <param name="written">The timestamps at which events were written, by id.</param>
internal sealed class CountingClient(ConcurrentDictionary<long, long> written) : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly Lock gate = new();
    private List<TimeSpan> delays = [];
    private long last;
    private long wanted;
    private TaskCompletionSource reached = new();
    private Task reading = Task.CompletedTask;

    public static async Task<CountingClient> OpenAsync(TestGateway gateway, ConcurrentDictionary<long, long> written)
    {
        var client = new CountingClient(written);
        await client.socket.ConnectAsync(gateway.SocketUrl, CancellationToken.None);
        var subscribe = Encoding.UTF8.GetBytes($$"""{"type":"subscribe","jobId":"{{Audience.Job}}","afterEventId":0}""");
        await client.socket.SendAsync(subscribe, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        client.reading = client.ReadAsync();
        return client;
    }

    /// <summary>Waits until it has all events up to an id; a gap or a repeat fails.</summary>
    public async Task UpToAsync(long id)
    {
        Task task;
        lock (gate)
        {
            (wanted, reached) = (id, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (last >= id)
            {
                reached.SetResult();
            }

            task = reached.Task;
        }

        await await Task.WhenAny(task, reading).WaitAsync(TestClient.Deadline);
    }

    /// <summary>Returns the delays of live events, since they were written, since this was called last.</summary>
    public List<TimeSpan> TakeDelays()
    {
        lock (gate)
        {
            var taken = delays;
            delays = [];
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await Task.WhenAny(reading);
        socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        for (var length = 0; ; )
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += read.Count;
            if (read.EndOfMessage)
            {
                Take(buffer.AsMemory(0, length));
                length = 0;
            }
        }
    }

    private void Take(ReadOnlyMemory<byte> text)
    {
        using var message = JsonDocument.Parse(text);
        var root = message.RootElement;
        lock (gate)
        {
            if (root.TryGetProperty("event", out var live))
            {
                Take(live);
                delays.Add(Stopwatch.GetElapsedTime(written[last]));
            }
            else if (root.TryGetProperty("data", out var events) && events.ValueKind == JsonValueKind.Array)
            {
                foreach (var each in events.EnumerateArray())
                {
                    Take(each);
                }
            }

            if (last >= wanted)
            {
                reached.TrySetResult();
            }
        }
    }

    private void Take(JsonElement told)
    {
        var id = told.GetProperty("id").GetInt64();
        Assert.Equal(last + 1, id);
        last = id;
    }
}
