using System.Net.WebSockets;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// One connection's life: receives, dispatches, and comes to one orderly end. Whatever ends it first (the client, a rule, the socket, the
/// shutdown, a fault of ours) names the end; then reader and writer get the time that the <see cref="Farewell"/> leaves them.
/// </summary>
internal sealed class Session : IDisposable
{
    /// <summary>What of the answers may wait, in bytes, before a client that sends and doesn't read has to go.</summary>
    private const int ControlBytes = 64 * 1024;

    private readonly ClientConnection connection;
    private readonly SocketReader reader;
    private readonly SocketWriter writer;
    private readonly FrameMeter meter;
    private readonly SendProgress progress;
    private readonly Outbox outbox;
    private readonly SubscriptionSet subscriptions;
    private readonly ReplayQueue replays;
    private readonly MessageIntake intake;
    private readonly Farewell farewell;
    private readonly ILogger logger;
    private readonly Expiry? expiry;
    private readonly TaskCompletionSource<SessionEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="environment">What it shares with all others.</param>
    /// <param name="connection">The connection, which it disposes of.</param>
    /// <param name="client">The client.</param>
    /// <param name="caller">What it may do, and for how long.</param>
    /// <param name="source">Where its jobs come from.</param>
    public Session(SessionEnvironment environment, ClientConnection connection, ClientInfo client, Caller caller, JobSource source)
    {
        var (limits, time, metrics) = (environment.Limits, environment.Time, environment.Metrics);
        Client = client;
        Since = time.GetUtcNow();
        Timeline = environment.NewTimeline();
        Tally = new SessionTally(metrics);
        this.connection = connection;
        logger = environment.Logger;
        outbox = new Outbox(limits.OutboxBytesPerSubscription, ControlBytes);
        meter = new FrameMeter(
            time,
            limits.MessageBytes,
            limits.FragmentsPerMessage,
            limits.MessageTimeout,
            new ControlRate(time).TryTake,
            code => end.TrySetResult(SessionEnd.BrokeRule(code))
        );
        progress = new SendProgress(time, limits.StuckReaderTimeout, () => end.TrySetResult(SessionEnd.Stuck));
        connection.Watch(meter, progress);
        reader = new SocketReader(connection.Socket, meter, limits.MessageBytes);
        writer = new SocketWriter(connection.Socket, connection.Stream, outbox, Tally.Sent);
        subscriptions = new SubscriptionSet(source, outbox, limits.SubscriptionsPerConnection, time, metrics, Timeline, Fail);
        replays = new ReplayQueue(source, outbox, limits.WaitingReplays, time, Timeline, Fail);
        intake = new MessageIntake(subscriptions, replays, caller, outbox, limits, time, Tally, Timeline);
        farewell = new Farewell(connection, writer, outbox, time, metrics);
        expiry = caller.Expires is { } expires ? new Expiry(expires, time, Expire) : null;
        Timeline?.Add(HappeningKind.Connected);
    }

    /// <summary>Who is at the other end.</summary>
    public ClientInfo Client { get; }

    /// <summary>When it connected.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>What happened; null where nobody asks.</summary>
    public Timeline? Timeline { get; }

    /// <summary>How many one-off replays are being answered, and how many wait.</summary>
    public (int Running, int Waiting) Replays => replays.Count;

    /// <summary>How many bytes wait for the client.</summary>
    public long QueuedBytes => outbox.QueuedBytes;

    /// <summary>What went to and fro.</summary>
    public SessionTally Tally { get; }

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
        var reading = ReadAsync(farewell.Aborted);
        var writing = WriteAsync(farewell.Aborted);
        var ended = await end.Task;

        intake.Stop();
        Timeline?.Add(HappeningKind.Ending, code: ended.Reason.ToString());
        if (ended.SendsWhatWaits)
        {
            await farewell.SendWhatWaitsAsync(writing);
        }

        outbox.Close();
        await Task.WhenAll(subscriptions.EndAllAsync(), replays.EndAllAsync());
        await farewell.TakeLeaveAsync(ended, reading, writing);
        await Task.WhenAll(reading, writing);
        return ended;
    }

    public void Dispose()
    {
        expiry?.Dispose();
        farewell.Dispose();
        progress.Dispose();
        meter.Dispose();
        connection.Dispose();
    }

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
            if (connection.Socket.State == WebSocketState.Open)
            {
                end.TrySetResult(SessionEnd.Lost);
            }
        }
        catch (Exception e)
        {
            Fail(e);
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
