using System.Runtime.CompilerServices;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// Watches one job for one client, over as many streams as it takes: does what a <see cref="WatchMachine"/> decides, and reports to
/// metrics, timeline and log. The steps that it tells have no gap and no repeat, whatever the backend goes through.
/// </summary>
/// <remarks>Has one consumer, who calls <see cref="Refuse"/> and <see cref="LetGo"/> only between two steps.</remarks>
internal sealed class JobWatcher(WatchStart start, Backend backend, TimeProvider time, GatewayMetrics metrics) : IStreamOwner
{
    /// <summary>The longest silence of a stream that viewers may join: a heartbeat is due every 15 s.</summary>
    private static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(20);

    /// <summary>The longest silence of a catch-up that keeps its place: a backend that is down or stuck must not keep others from theirs.</summary>
    private static readonly TimeSpan SilentCatchUp = TimeSpan.FromSeconds(2);

    private readonly WatchMachine machine = new(start, backend.Options, Random.Shared);
    private readonly StreamStatistics statistics = new(backend.Name, start, time, metrics);
    private readonly WatchHealth health = backend.NewWatch(start.JobId);
    private readonly long began = time.GetTimestamp();
    private IStreamOwner? client = start.Client;
    private OpenTurn? turn;
    private bool isTurnUsed;
    private WatchStream? stream;

    /// <summary>The time of the last message, in ticks from the start of the watch.</summary>
    private long heardAt;

    /// <summary>The id of the last event that was told; before the first, the position at which the watch started.</summary>
    public long? Cursor => machine.Cursor;

    /// <summary>The log's epoch as far as it is known; else empty.</summary>
    public string Epoch => machine.Epoch;

    /// <summary>
    /// True if the consumer has been told all that there is, and the next step is one that is still to happen. Asked between two steps.
    /// </summary>
    public bool HasCaughtUp => machine.HasCaughtUp;

    /// <summary>True if the next step tells that the job has ended. Asked between two steps.</summary>
    public bool IsJobsEndNext => machine.IsJobsEndNext;

    /// <summary>
    /// True while events come as they happen: the stream is confirmed, its history is read, and the backend has said something in the last 20 s.
    /// Can be read from any thread.
    /// </summary>
    public bool IsSound => machine.State == WatchState.Live && Now - TimeSpan.FromTicks(Volatile.Read(ref heardAt)) < HeardWithin;

    /// <summary>The watch as it is now. Unlike the other members it can be read from any thread.</summary>
    public WatchView View =>
        new(
            statistics,
            Cursor,
            machine.Head,
            machine.Epoch,
            machine.IsConfirmed,
            turn is { HasCome: false },
            machine.OutageSince is { } since ? Now - since : null
        );

    /// <summary>The memory of all clients.</summary>
    public HeldMemory Memory => backend.Held;

    /// <summary>The memory that its stream takes while it isn't read, in bytes.</summary>
    public int WindowBytes => backend.Options.StreamWindowBytes;

    /// <summary>False: once many share it, it waits for none of them.</summary>
    public bool IsBehind => false;

    private TimeSpan Now => time.GetElapsedTime(began);

    /// <summary>
    /// Reports that an event of the last step can't be shown; the events before it in that step were. The stream is asked once more.
    /// </summary>
    public void Refuse(WatchStep step, WatchedEvent refused, BadEventReason reason) => machine.Refuse(step, refused, reason);

    /// <summary>
    /// Gives up the stream, since the client can't take more for now: it would stall its neighbours. It is opened again at the next
    /// step.
    /// </summary>
    public void LetGo()
    {
        machine.LetGo();
        stream?.Dispose();
        EndTurn();
    }

    /// <summary>Leaves the connection that it began for: others share it from now on.</summary>
    /// <param name="note">Notes what happens to its streams.</param>
    public void Share(StreamNote note)
    {
        statistics.ReportTo(note);
        client = null;
    }

    /// <summary>
    /// Gives up the place among the backend's catch-ups, since the client holds the stream back: it isn't the backend's work that others would
    /// wait for.
    /// </summary>
    public void LendPlace()
    {
        if (turn is not null && isTurnUsed)
        {
            backend.Opens.GivePlace(turn);
            return;
        }

        // Nobody would open the stream when the turn came. The watch asks again when its client reads on.
        EndTurn();
    }

    /// <summary>
    /// Tells what happens, in order, until <see cref="WatchStep.Ended"/>. Once the token is cancelled it ends without that step where it next
    /// has to wait, and doesn't throw: viewers leave all the time, and each method on the way would throw the exception once more.
    /// </summary>
    public async IAsyncEnumerable<WatchStep> WatchAsync([EnumeratorCancellation] CancellationToken stop)
    {
        try
        {
            // The clock is looked at where time has passed: looking costs as much as a step of the machine.
            var now = Now;
            for (var action = machine.Next(now); action is not WatchAction.End; action = machine.Next(now))
            {
                Report(action);
                switch (action)
                {
                    case WatchAction.Tell tell:
                        yield return tell.Step;
                        now = Now;
                        break;
                    case WatchAction.Read read:
                        var reading = ReadAsync(read.Within);
                        var isAtHand = reading.IsCompleted;
                        var result = await reading;
                        now = isAtHand ? now : Now;
                        Volatile.Write(ref heardAt, result.Message is null ? heardAt : now.Ticks);
                        machine.Received(now, result);
                        LendPlaceUnlessCatchingUp(result);
                        break;
                    case WatchAction.OpenStream open:
                        Open(open, stop);
                        break;
                    case WatchAction.Close close:
                        stream!.Close(close.Fault);
                        EndTurn();
                        break;
                    case WatchAction.AwaitTurn asked:
                        var hasCome = await AwaitTurnAsync(asked.Within, stop);
                        now = Now;
                        if (hasCome)
                        {
                            machine.TurnCame(now);
                        }

                        break;
                    case WatchAction.Wait wait:
                        await time.DelayAsync(wait.For, stop);
                        now = Now;
                        break;
                }

                if (stop.IsCancellationRequested && action is WatchAction.Read or WatchAction.AwaitTurn or WatchAction.Wait)
                {
                    yield break;
                }
            }
        }
        finally
        {
            stream?.Dispose();
            EndTurn();
            health.Dispose();
        }
    }

    private ValueTask<bool> AwaitTurnAsync(TimeSpan within, CancellationToken stop)
    {
        turn ??= backend.Opens.Ask(client ?? this, isCatchUp: machine.Cursor is not null || start.HistoryOnly);
        return turn.HasCome ? ValueTask.FromResult(true) : new ValueTask<bool>(time.CompletesAsync(turn.Coming, within, stop));
    }

    private void EndTurn()
    {
        if (turn is not null)
        {
            backend.Opens.End(turn);
            (turn, isTurnUsed) = (null, false);
        }
    }

    /// <summary>Reads the stream. One that hasn't caught up is read no longer at a time than a silent backend may keep others waiting.</summary>
    private ValueTask<WatchRead> ReadAsync(TimeSpan within) =>
        stream!.ReadAsync(turn is { HasPlace: true } or { IsUnanswered: true } && within > SilentCatchUp ? SilentCatchUp : within);

    private void LendPlaceUnlessCatchingUp(WatchRead read)
    {
        if (turn is not ({ HasPlace: true } or { IsUnanswered: true }))
        {
            return;
        }

        if (read == WatchRead.Nothing || machine.State == WatchState.Live)
        {
            LendPlace();
        }
        else if (turn.IsUnanswered)
        {
            backend.Opens.Answer(turn);
        }
    }

    private void Open(WatchAction.OpenStream open, CancellationToken stop)
    {
        machine.StreamOpened(Now, backend.ConfirmsWithin);
        isTurnUsed = true;
        var trace = new WatchTrace(backend.Name, start.JobId, start.Trace, open.Cursor);
        stream = backend.Open(start.RequestAt(open.Cursor, open.Epoch), start.Caller, trace, stop);
        statistics.StreamOpened(stream.Place);
    }

    private void Report(WatchAction action)
    {
        switch (action)
        {
            case WatchAction.CountDropped dropped:
                metrics.EventsDropped(dropped.Count);
                break;
            case WatchAction.NoteConfirmed confirmed:
                statistics.Confirmed(confirmed.Cursor);
                break;
            case WatchAction.NoteProgress:
                health.Progressed();
                break;
            case WatchAction.Close { Fault: var fault } close:
                statistics.Closed(fault?.Kind, close.Reopens);
                if (fault is not null && close.IsBackendDown)
                {
                    health.Broke(close.Cursor, fault);
                }

                break;
            case WatchAction.Tell { Step: WatchStep.Ended { Fault: { } cause } ended } when ended.NeedsAttention:
                backend.EndedBy(start.JobId, ended.Reason.ToString(), cause);
                break;
        }
    }
}
