using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Runs one connection over any transport: receives, dispatches, and ends in order. The first cause to end it (the client, a rule, the
/// transport, the shutdown, a fault of ours) decides the end; the <see cref="CloseSequence"/> then gives reader and writer a limited time.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly IClientTransport transport;
    private readonly Outbox outbox;
    private readonly SubscriptionSet subscriptions;
    private readonly ReplayQueue replays;
    private readonly MessageIntake intake;
    private readonly CloseSequence closing;
    private readonly ILogger logger;
    private readonly Expiry? expiry;
    private readonly ConnectionLife life;
    private readonly TimeProvider time;
    private readonly long began;
    private readonly TaskCompletionSource<SessionEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="environment">The parts that all sessions share.</param>
    /// <param name="transport">The way to the client; the session disposes it.</param>
    /// <param name="client">The client.</param>
    /// <param name="caller">The client's identity and rights.</param>
    /// <param name="source">The source of its jobs' messages.</param>
    public Session(SessionEnvironment environment, IClientTransport transport, ClientInfo client, Caller caller, JobSource source)
    {
        var (limits, metrics) = (environment.Limits, environment.Metrics);
        time = environment.Time;
        began = time.GetTimestamp();
        life = ConnectionLife.Draw(limits.ConnectionAge, Random.Shared);
        Client = client;
        Since = time.GetUtcNow();
        Timeline = environment.NewTimeline();
        Tally = new SessionTally(metrics);
        this.transport = transport;
        logger = environment.Logger;
        outbox = new Outbox(environment.Outbox, transport.Form);
        transport.Watch(code => end.TrySetResult(SessionEnd.BrokeRule(code)), () => end.TrySetResult(SessionEnd.Stuck));
        subscriptions = new SubscriptionSet(source, outbox, limits.SubscriptionsPerConnection, time, metrics, Timeline, Fail);
        replays = new ReplayQueue(source, outbox, limits.WaitingReplays, time, Timeline, Fail);
        intake = new MessageIntake(subscriptions, replays, caller, outbox, limits, time, Tally, Timeline);
        closing = new CloseSequence(transport, outbox, time, metrics);
        expiry = caller.Expires is { } expires ? new Expiry(expires, time, Expire) : null;
        Timeline?.Add(TimelineEntryKind.Connected);
    }

    /// <summary>The client, as it describes itself.</summary>
    public ClientInfo Client { get; }

    /// <summary>The time it connected.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The connection's timeline; null if the gateway keeps none.</summary>
    public Timeline? Timeline { get; }

    /// <summary>The number of one-off replays that are being answered, and of those that wait.</summary>
    public (int Running, int Waiting) Replays => replays.Count;

    /// <summary>The bytes that wait for the client.</summary>
    public long QueuedBytes => outbox.QueuedBytes;

    /// <summary>The connection's counts.</summary>
    public SessionTally Tally { get; }

    /// <summary>True if its end has been decided.</summary>
    public bool IsEnding => end.Task.IsCompleted;

    /// <summary>The client's burden.</summary>
    public Backlog Backlog => outbox.Backlog;

    /// <summary>Ends it because the gateway is short of memory.</summary>
    public void Shed() => end.TrySetResult(SessionEnd.Shed);

    /// <summary>Ends it because the gateway shuts down: sends queued messages, then 1012.</summary>
    public void Drain() => end.TrySetResult(SessionEnd.Draining);

    /// <summary>Ends it if it has reached its age and nothing waits for the client, or has waited for long: the client is to reconnect.</summary>
    public void EndIfAged()
    {
        if (!IsEnding && life.IsOver(time.GetElapsedTime(began), isBusy: QueuedBytes > 0 || Replays is not (0, 0)))
        {
            end.TrySetResult(SessionEnd.Aged);
        }
    }

    /// <summary>Ends it on behalf of an operator.</summary>
    /// <param name="comeBack">True if the client is asked to reconnect; queued messages are then sent first.</param>
    /// <returns>The close code; null if the session is ending already.</returns>
    public CloseCode? CloseByOperator(bool comeBack)
    {
        var close = SessionEnd.ClosedByOperator(comeBack);
        return end.TrySetResult(close) ? close.CloseCode : null;
    }

    /// <summary>Adds the state of its subscriptions; after its end, their last state.</summary>
    public void AddSubscriptionsTo(List<SubscriptionView> views) => subscriptions.AddTo(views);

    /// <summary>Ends it before it has begun: the client's messages are ignored.</summary>
    public void TurnAway(CloseCode code)
    {
        intake.Stop();
        end.TrySetResult(SessionEnd.Refused(code));
    }

    /// <summary>Runs until the connection has ended.</summary>
    /// <returns>The reason it ended.</returns>
    public async Task<SessionEnd> RunAsync()
    {
        var reading = ReadAsync(closing.Aborted);
        var writing = WriteAsync(closing.Aborted);
        var ended = await end.Task;

        intake.Stop();
        Timeline?.Add(TimelineEntryKind.Ending, code: ended.Reason.ToString());
        if (ended.FlushesFirst)
        {
            await closing.FlushAsync(writing);
        }

        outbox.Close();
        await Task.WhenAll(subscriptions.EndAllAsync(), replays.EndAllAsync());
        await closing.CloseAsync(ended, reading, writing);
        await Task.WhenAll(reading, writing);
        return ended;
    }

    public void Dispose()
    {
        expiry?.Dispose();
        outbox.Discard();
        closing.Dispose();
        transport.Dispose();
    }

    /// <summary>Queues nothing more from now on, also if the session is ending for another reason.</summary>
    private void Expire()
    {
        outbox.Close();
        end.TrySetResult(SessionEnd.Expired);
    }

    private async Task ReadAsync(CancellationToken abort)
    {
        // Otherwise messages that have already arrived would be handled before the session runs.
        await Task.Yield();
        try
        {
            while (true)
            {
                var read = await transport.ReadAsync(abort);
                if (EndOf(read) is { } ended)
                {
                    end.TrySetResult(ended);
                    return;
                }

                if ((read.CloseCode ?? (read.Read is { } request ? intake.Take(request) : intake.Take(read.Text.Span))) is { } broken)
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
            var sent = await transport.SendAsync(outbox, Tally.Sent, abort);
            if (sent != SendEnd.Closed)
            {
                end.TrySetResult(sent == SendEnd.Complete ? SessionEnd.Answered : SessionEnd.Lost);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Maps a read that can't go on to the session's end; null for the others.</summary>
    private static SessionEnd? EndOf(ClientRead read) =>
        read.Kind switch
        {
            ClientReadKind.Closed => SessionEnd.ClientClosed,
            ClientReadKind.Refused => SessionEnd.BrokeRule(CloseCode.ProtocolError),
            ClientReadKind.Lost => SessionEnd.Lost,
            _ => null,
        };

    private void Fail(Exception fault)
    {
        SessionLog.Fault(logger, fault);
        end.TrySetResult(SessionEnd.Fault);
    }
}
