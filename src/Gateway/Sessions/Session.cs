using System.Net.WebSockets;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sockets;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// One connection's life: receives, dispatches, and comes to one orderly end. Whatever ends it first (the client, a rule, the socket, the
/// shutdown, a fault of ours) names the end; then reader and writer get a deadline, then the socket is aborted.
/// </summary>
internal sealed class Session : IDisposable
{
    /// <summary>What waits to be said in answers when a session ends, and the close handshake, may take this long together.</summary>
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(5);

    /// <summary>At shutdown, and where an operator asks a client to reconnect, what waits in the queues may take this long: what isn't sent by then is for a resume.</summary>
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);

    /// <summary>As the first, where the caller's token has expired: PROTOCOL.md section 9.</summary>
    private static readonly TimeSpan ExpiredFarewellLimit = TimeSpan.FromSeconds(2);

    /// <summary>What of the answers may wait, in bytes, before a client that sends and doesn't read has to go.</summary>
    private const int ControlBytes = 64 * 1024;

    private readonly WebSocket socket;
    private readonly GatheringStream? stream;
    private readonly SocketReader reader;
    private readonly SocketWriter writer;
    private readonly FrameMeter meter;
    private readonly SendProgress progress;
    private readonly Outbox outbox;
    private readonly SubscriptionSet subscriptions;
    private readonly ReplayQueue replays;
    private readonly MessageIntake intake;
    private readonly SessionTally tally;
    private readonly Timeline? timeline;
    private readonly TimeProvider time;
    private readonly GatewayMetrics metrics;
    private readonly ILogger logger;
    private readonly Action abortConnection;
    private readonly Expiry? expiry;
    private readonly TaskCompletionSource<SessionEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="visitor">Who is at the other end, to show it.</param>
    /// <param name="socket">The connection.</param>
    /// <param name="stream">The stream below it, which gathers frames; null where there is none.</param>
    /// <param name="abortConnection">Ends what is below both, without a word.</param>
    /// <param name="caller">What it may do, and for how long.</param>
    /// <param name="source">Where its jobs come from.</param>
    /// <param name="limits">What the client may do.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts what happens.</param>
    /// <param name="timeline">Is told what happens; null where nobody asks.</param>
    /// <param name="logger">Is told of faults.</param>
    public Session(
        Visitor visitor,
        WebSocket socket,
        GatheringStream? stream,
        Action abortConnection,
        Caller caller,
        JobSource source,
        SessionLimits limits,
        TimeProvider time,
        GatewayMetrics metrics,
        Timeline? timeline,
        ILogger<Session> logger
    )
    {
        Visitor = visitor;
        Since = time.GetUtcNow();
        this.socket = socket;
        this.stream = stream;
        this.time = time;
        this.metrics = metrics;
        this.timeline = timeline;
        this.logger = logger;
        this.abortConnection = abortConnection;
        outbox = new Outbox(limits.OutboxBytesPerSubscription, ControlBytes);
        meter = new FrameMeter(
            time,
            limits.MessageBytes,
            limits.FragmentsPerMessage,
            limits.MessageTimeout,
            code => end.TrySetResult(SessionEnd.BrokeRule(code))
        );
        stream?.Meter = meter;
        reader = new SocketReader(socket, meter, limits.MessageBytes);
        tally = new SessionTally(metrics);
        writer = new SocketWriter(socket, stream, outbox, tally.Sent);
        progress = new SendProgress(time, limits.StuckReaderTimeout, () => end.TrySetResult(SessionEnd.Stuck));
        stream?.Progress = progress;
        subscriptions = new SubscriptionSet(source, outbox, limits.SubscriptionsPerConnection, time, metrics, timeline, Fail);
        replays = new ReplayQueue(source, outbox, limits.WaitingReplays, time, timeline, Fail);
        intake = new MessageIntake(subscriptions, replays, caller, outbox, limits, time, tally, timeline);
        expiry = caller.Expires is { } expires ? new Expiry(expires, time, Expire) : null;
        timeline?.Add(HappeningKind.Connected);
    }

    /// <summary>Who is at the other end.</summary>
    public Visitor Visitor { get; }

    /// <summary>When it connected.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>What happened; null where nobody asks.</summary>
    public Timeline? Timeline => timeline;

    /// <summary>How many one-off replays are being answered, and how many wait.</summary>
    public (int Running, int Waiting) Replays => replays.Count;

    /// <summary>How many bytes wait for the client.</summary>
    public long QueuedBytes => outbox.QueuedBytes;

    /// <summary>What went to and fro.</summary>
    public SessionTally Tally => tally;

    /// <summary>Whether it is decided how it ends.</summary>
    public bool IsEnding => end.Task.IsCompleted;

    /// <summary>Ends it because the gateway shuts down: what waits is sent, then 1012.</summary>
    public void Drain() => end.TrySetResult(SessionEnd.Draining);

    /// <summary>Ends it because an operator wants it to.</summary>
    /// <param name="comeBack">Whether the client is to connect again; what waits is then sent first.</param>
    /// <returns>What it closes with; null where it is ending already.</returns>
    public CloseCode? CloseByOperator(bool comeBack)
    {
        var close = SessionEnd.ClosedByOperator(comeBack);
        return end.TrySetResult(close) ? close.CloseCode : null;
    }

    /// <summary>Adds what its subscriptions are like now; after its end, what they were like then.</summary>
    public void AddSubscriptionsTo(List<SubscriptionView> views) => subscriptions.AddTo(views);

    /// <summary>Ends it before it has begun: nothing that the client sends is taken.</summary>
    public void TurnAway(CloseCode code)
    {
        intake.Stop();
        end.TrySetResult(SessionEnd.Refused(code));
    }

    /// <summary>Runs until nothing of the connection is left.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<SessionEnd> RunAsync()
    {
        using var abort = new CancellationTokenSource();
        var reading = ReadAsync(abort.Token);
        var writing = WriteAsync(abort.Token);
        var ended = await end.Task;

        intake.Stop();
        timeline?.Add(HappeningKind.Ending, code: ended.Reason.ToString());
        if (ended.SendsWhatWaits)
        {
            outbox.CloseWhenDrained();
            await IsDoneInTimeAsync(writing, FlushLimit);
        }

        outbox.Close();
        await Task.WhenAll(subscriptions.EndAllAsync(), replays.EndAllAsync());
        if (
            ended.CloseCode is null
            || !await IsDoneInTimeAsync(FarewellAsync(ended.CloseCode, reading, writing, abort.Token), FarewellLimitOf(ended))
        )
        {
            metrics.ConnectionAborted(ended.Reason);

            // What the server's own buffers still hold for this client it will not take; left to itself the server would wait for it.
            socket.Abort();
            abortConnection();
            await abort.CancelAsync();
        }

        await Task.WhenAll(reading, writing);
        return ended;
    }

    public void Dispose()
    {
        expiry?.Dispose();
        progress.Dispose();
        meter.Dispose();
        reader.Dispose();
        socket.Dispose();
    }

    private static TimeSpan FarewellLimitOf(SessionEnd ended) =>
        ended.Reason == SessionEndReason.Expired ? ExpiredFarewellLimit : FarewellLimit;

    /// <summary>From this moment on nothing more is queued, also where the session is ending for another reason.</summary>
    private void Expire()
    {
        outbox.Close();
        end.TrySetResult(SessionEnd.Expired);
    }

    private async Task ReadAsync(CancellationToken abort)
    {
        // What the client has sent already would otherwise be taken before the session runs at all.
        await Task.Yield();
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(abort);
                if (EndOf(read) is { } ended)
                {
                    end.TrySetResult(ended);
                    return;
                }

                if ((read.CloseCode ?? intake.Take(read.Text.Span)) is { } broken)
                {
                    end.TrySetResult(SessionEnd.BrokeRule(broken));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Aborted, by our deadline or by the keep-alive's.
            end.TrySetResult(SessionEnd.Lost);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private async Task WriteAsync(CancellationToken abort)
    {
        try
        {
            await writer.DrainAsync(abort);
        }
        catch (Exception e)
            when (e
                    is WebSocketException
                        or IOException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or InvalidOperationException
            )
        {
            // A socket that is closed or aborted by itself ends the reader too, and the reader knows which it was.
            if (socket.State == WebSocketState.Open)
            {
                end.TrySetResult(SessionEnd.Lost);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Says what is left to say, then why, then waits for the client's own close.</summary>
    private async Task FarewellAsync(CloseCode code, Task reading, Task writing, CancellationToken abort)
    {
        await writing;
        try
        {
            await writer.CloseAsync(code, abort);
            if (code == CloseCode.ProtocolError && stream is not null)
            {
                // The library has closed and reads no more; ending the request now would reset the connection and take the close frame with it.
                await stream.DiscardAsync(abort);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection went away first.
        }

        await reading;
    }

    private async Task<bool> IsDoneInTimeAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>How the session ends where nothing can be read any more.</summary>
    private static SessionEnd? EndOf(SocketRead read) =>
        read.Kind switch
        {
            SocketReadKind.Closed => SessionEnd.ClientClosed,
            SocketReadKind.Refused => SessionEnd.BrokeRule(CloseCode.ProtocolError),
            SocketReadKind.Lost => SessionEnd.Lost,
            _ => null,
        };

    private void Fail(Exception fault)
    {
        SessionLog.Fault(logger, fault);
        end.TrySetResult(SessionEnd.Fault);
    }
}
