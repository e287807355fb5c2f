using System.Net.WebSockets;
using System.Text.Json;

namespace OptimizationGateway.Faults.Clients;

/// <summary>
/// One reader of a few jobs, over as many connections as it takes: a plain client as PROTOCOL.md describes it, that comes back with its
/// last ids and writes down what it sees. It judges nothing.
/// </summary>
internal sealed class LogicalClient(string name, Uri url, Caller caller, HistoryWriter history, Random random) : IReader
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);

    /// <summary>A connection that says nothing for so long, though pings should be answered, is given up.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    /// <summary>Where only what the client says gets lost, events still come; the answers to its pings don't.</summary>
    private static readonly TimeSpan PongLimit = TimeSpan.FromSeconds(6);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim sending = new(1);
    private ClientWebSocket? current;
    private int connection;
    private long pongAt;

    public string Name => name;

    public JobCursors Jobs { get; } = new();

    public async Task FollowAsync(JobCursor cursor)
    {
        ClientWebSocket? socket;
        lock (gate)
        {
            Jobs.Set(cursor);
            socket = current;
        }

        if (socket is not null)
        {
            await SubscribeAsync(socket, cursor);
        }
    }

    public async Task RunAsync(Func<bool> isDone, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !isDone())
        {
            await ConnectAsync(isDone, stop);
            if (!isDone())
            {
                await PauseAsync(TimeSpan.FromMilliseconds(50 + random.Next(350)), stop);
            }
        }

        if (isDone())
        {
            Write(new HistoryLine { What = HistoryKind.Done });
        }
    }

    public void Dispose() => sending.Dispose();

    private static async Task PauseAsync(TimeSpan time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(time, stop);
        }
        catch (OperationCanceledException)
        {
            // The caller looks.
        }
    }

    private async Task ConnectAsync(Func<bool> isDone, CancellationToken stop)
    {
        connection++;
        using var socket = new ClientWebSocket();
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stop);
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        socket.Options.Proxy = null;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {caller.Token}");
        var isOpen = false;
        Task pinging = Task.CompletedTask;
        try
        {
            life.CancelAfter(ConnectLimit);
            await socket.ConnectAsync(url, life.Token);
            isOpen = true;
            pongAt = Environment.TickCount64;
            Write(new HistoryLine { What = HistoryKind.Open, Caller = caller.Name });
            life.CancelAfter(Silence);
            pinging = PingAsync(socket, life.Token);
            await SubscribeAllAsync(socket);
            await ReceiveAsync(socket, life, isDone);
        }
        catch (WebSocketException e) when (isOpen && e.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // Frames that can't be read. No fault of a network does that to a stream of TCP.
            Write(new HistoryLine { What = HistoryKind.Garbled, Code = e.Message });
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Gone. What it missed it will ask for.
        }
        finally
        {
            lock (gate)
            {
                current = null;
            }

            Jobs.List().ForEach(job => job.IsOpen = false);

            if (isOpen)
            {
                Write(new HistoryLine { What = HistoryKind.Closed, Code = $"{(int)(socket.CloseStatus ?? (WebSocketCloseStatus)1006)}" });
            }

            socket.Abort();
            await life.CancelAsync();
            await pinging;
        }
    }

    private async Task SubscribeAllAsync(ClientWebSocket socket)
    {
        List<JobCursor> open;
        lock (gate)
        {
            current = socket;
            open = Jobs.List().FindAll(job => !job.IsEnded);
        }

        foreach (var job in open)
        {
            await SubscribeAsync(socket, job);
        }
    }

    private async Task SubscribeAsync(ClientWebSocket socket, JobCursor job)
    {
        job.Live = 0;
        job.IsOpen = false;
        Write(
            new HistoryLine
            {
                What = HistoryKind.Subscribe,
                Job = job.Job,
                After = job.After,
                Epoch = job.Epoch,
            }
        );
        await SendAsync(
            socket,
            new
            {
                type = "subscribe",
                jobId = job.Job,
                afterEventId = job.After,
                epoch = job.Epoch,
            }
        );
    }

    private async Task SendAsync(ClientWebSocket socket, object message)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(message),
                WebSocketMessageType.Text,
                endOfMessage: true,
                CancellationToken.None
            );
        }
        catch (Exception e)
            when (e
                    is WebSocketException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or InvalidOperationException
                        or IOException
            )
        {
            // The reader notices too.
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task PingAsync(ClientWebSocket socket, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await PauseAsync(PingInterval, stop);
            await SendAsync(socket, new { type = "ping" });
        }
    }

    private async Task ReceiveAsync(ClientWebSocket socket, CancellationTokenSource life, Func<bool> isDone)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), life.Token);
            life.CancelAfter(Silence);
            if (Environment.TickCount64 - pongAt > PongLimit.TotalMilliseconds)
            {
                return;
            }

            if (read.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            message.Write(buffer, 0, read.Count);
            if (!read.EndOfMessage)
            {
                continue;
            }

            var isReadable = await TryTakeAsync(socket, message.GetBuffer().AsMemory(0, (int)message.Length));
            message.SetLength(0);
            if (!isReadable)
            {
                return;
            }

            if (isDone())
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", life.Token);
                return;
            }
        }
    }

    /// <returns>False for what is no message as PROTOCOL.md describes them.</returns>
    private async Task<bool> TryTakeAsync(ClientWebSocket socket, ReadOnlyMemory<byte> text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            await TakeAsync(socket, json.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            Write(new HistoryLine { What = HistoryKind.Garbled, Code = e.Message });
            return false;
        }
    }

    private async Task TakeAsync(ClientWebSocket socket, JsonElement message)
    {
        var jobId = message.TryGetProperty("jobId", out var id) ? id.GetString() : null;
        var job = Jobs.Find(jobId);
        switch (message.GetProperty("type").GetString())
        {
            case "pong":
                pongAt = Environment.TickCount64;
                break;
            case "subscribed":
                TakeSubscribed(message, jobId, job);
                break;
            case "replay":
                var more = message.GetProperty("hasMore").GetBoolean();
                TakeEvents(HistoryKind.Replay, jobId, job, [.. message.GetProperty("data").EnumerateArray()], more);
                break;
            case "event":
                _ = job is null ? 0 : job.Live++;
                TakeEvents(HistoryKind.Event, jobId, job, [message.GetProperty("event")], more: null);
                break;
            case "error":
                await TakeErrorAsync(socket, message, jobId, job);
                break;
            case "unsubscribed":
                await TakeUnsubscribedAsync(socket, message, jobId, job);
                break;
        }
    }

    private void TakeSubscribed(JsonElement message, string? jobId, JobCursor? job)
    {
        var epoch = message.TryGetProperty("epoch", out var named) ? named.GetString() : null;
        Write(
            new HistoryLine
            {
                What = HistoryKind.Subscribed,
                Job = jobId,
                Epoch = epoch,
                Last = message.TryGetProperty("lastEventId", out var last) ? last.GetInt64() : null,
                Earliest = message.TryGetProperty("earliestEventId", out var earliest) ? earliest.GetInt64() : null,
            }
        );
        job?.Epoch = epoch ?? "";
        job?.IsOpen = true;
    }

    private void TakeEvents(HistoryKind what, string? jobId, JobCursor? job, List<JsonElement> events, bool? more)
    {
        var line = EventLine.Of(what, jobId, events, more);
        Write(line);
        if (line.Ids is [.., var last])
        {
            job?.After = last;
        }
    }

    private async Task TakeErrorAsync(ClientWebSocket socket, JsonElement message, string? jobId, JobCursor? job)
    {
        var code = message.GetProperty("code").GetString();
        var effect = message.TryGetProperty("subscription", out var said) ? said.GetString() : null;
        Write(
            new HistoryLine
            {
                What = HistoryKind.Error,
                Job = jobId,
                Code = code,
                Reason = effect,
            }
        );
        if (job is null)
        {
            return;
        }

        if (code is "history_truncated" or "epoch_changed" or "cursor_ahead")
        {
            // Start again from what there is, knowingly.
            job.WasRefused = true;
            job.After = 0;
            job.Epoch = code == "history_truncated" ? job.Epoch : "";
        }

        if (effect == "not_opened" || code == "rate_limited")
        {
            await RetryAsync(socket, job);
        }
    }

    private async Task TakeUnsubscribedAsync(ClientWebSocket socket, JsonElement message, string? jobId, JobCursor? job)
    {
        var reason = message.GetProperty("reason").GetString();
        Write(
            new HistoryLine
            {
                What = HistoryKind.Unsubscribed,
                Job = jobId,
                Reason = reason,
            }
        );
        if (job is not null && reason == "job_ended")
        {
            job.IsEnded = true;
        }
        else if (job is not null && reason == "failed")
        {
            await RetryAsync(socket, job);
        }
    }

    private async Task RetryAsync(ClientWebSocket socket, JobCursor job)
    {
        await Task.Delay(100 + random.Next(200));
        await SubscribeAsync(socket, job);
    }

    private void Write(HistoryLine line) => history.Write(line with { Client = name, On = connection });
}
