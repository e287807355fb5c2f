using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Browser.Tests;

/// <summary>A connection of the DevTools protocol, to Chromium itself or to one of its pages.</summary>
/// <param name="heard">Takes each message that answers no call.</param>
internal sealed class DevTools(Action<JsonObject> heard) : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> asked = new();
    private readonly SemaphoreSlim sending = new(1);
    private Task reading = Task.CompletedTask;
    private int lastId;

    public async Task ConnectAsync(Uri url)
    {
        await socket.ConnectAsync(url, stop.Token);
        reading = ReadAsync();
    }

    /// <returns>The result.</returns>
    public async Task<JsonObject> CallAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        asked[id] = answer;
        var request = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        await sending.WaitAsync(stop.Token);
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), WebSocketMessageType.Text, true, stop.Token);
        }
        finally
        {
            sending.Release();
        }

        var message = await answer.Task.WaitAsync(TimeSpan.FromSeconds(20), stop.Token);
        return message["result"]?.AsObject() ?? throw new InvalidOperationException($"{method}: {message["error"]?.ToJsonString()}");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading;
        socket.Dispose();
        stop.Dispose();
        sending.Dispose();
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
                message.Write(buffer, 0, read.Count);
                if (read.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.ToArray())!.AsObject());
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The page or the browser is being closed, or is gone; what was asked of it times out.
        }
    }

    private void Take(JsonObject message)
    {
        if (message["id"] is not { } id)
        {
            heard(message);
        }
        else if (asked.TryRemove((int)id, out var answer))
        {
            answer.SetResult(message);
        }
    }
}
