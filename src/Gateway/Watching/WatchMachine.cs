using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The state machine of one watch: one job for one client, over as many streams as it takes. It is told what happens, and
/// <see cref="Next"/> answers with what to do. The steps that it tells have no gap and no repeat, whatever the backend goes through.
/// <see cref="WatchState"/> has the picture.
/// </summary>
/// <remarks>
/// Pure: no I/O, no clock, no task. Times are counted from the watch's start. Three words have one meaning each. A stream is <i>confirmed</i> by
/// the backend, with <c>subscribed</c> or an event. The watch is <i>opened</i> once the client was told <c>subscribed</c>. A stream is
/// <i>proven</i> when it has been confirmed for 10 s.
/// </remarks>
internal sealed partial class WatchMachine(WatchStart start, UpstreamOptions options, Random random)
{
    private readonly WatchTranscript transcript = new(start, options.MaxEventBytes);
    private readonly ReopenPolicy policy = new(options, start, random);
    private readonly StreamDeadlines deadlines = new(options, random);
    private readonly Outage outage = new();
    private readonly UselessMessages useless = new();
    private readonly Queue<WatchAction> actions = new();
    private readonly WatchAction.Read read = new(TimeSpan.Zero);
    private readonly WatchAction.NoteProgress noteProgress = new();
    private WatchAction.Tell? tellLive;

    private Taken? taken;
    private bool isLetGo;
    private bool consumerWasBusy;

    /// <summary>The present state.</summary>
    public WatchState State { get; private set; } = WatchState.Waiting;

    /// <summary>The id of the last event that was told; before the first, the position at which the watch started.</summary>
    public long? Cursor => transcript.Cursor;

    /// <summary>The newest id that the backend has told of; null until it has said something.</summary>
    public long? Head => transcript.Head;

    /// <summary>The log's epoch as far as it is known; else empty.</summary>
    public string Epoch => transcript.Epoch;

    /// <summary>The time at which the present outage began; null if there is none.</summary>
    public TimeSpan? OutageSince => outage.Since;

    /// <summary>
    /// True if the last message made events live, and the consumer has been told all of it. The next step is one that is still to happen.
    /// </summary>
    public bool HasCaughtUp =>
        State == WatchState.Live && taken is not { Fault: not null } && !actions.Any(action => action is WatchAction.Tell);

    /// <summary>True if the next step tells that the job has ended.</summary>
    public bool IsJobsEndNext =>
        actions.TryPeek(out var next) && next is WatchAction.Tell { Step: WatchStep.Ended { Reason: WatchEnd.JobEnded } };

    /// <summary>True while there is a confirmed stream.</summary>
    public bool IsConfirmed => State is WatchState.Replaying or WatchState.Live;

    private bool IsOpened => transcript.IsOpened;

    /// <summary>Returns the next thing to do. The caller does it, and reports its outcome if there is one, before it asks again.</summary>
    public WatchAction Next(TimeSpan now)
    {
        if (consumerWasBusy)
        {
            consumerWasBusy = false;
            policy.RestartBudget(now);
        }

        if (actions.Count == 0 && State != WatchState.Ended)
        {
            Settle(now);
            Announce(now);
        }

        if (actions.TryDequeue(out var action))
        {
            consumerWasBusy = action is WatchAction.Tell;
            State = action is WatchAction.Tell { Step: WatchStep.Ended } ? WatchState.Ended : State;
            return action;
        }

        return State switch
        {
            WatchState.Ended => new WatchAction.End(),
            WatchState.Waiting when policy.ResumeAt > now => new WatchAction.Wait(Sooner(policy.ResumeAt, AnnounceAt) - now),
            WatchState.Waiting when policy.NeedsTurn => AwaitTurn(now),
            WatchState.Waiting => new WatchAction.OpenStream(Cursor, Epoch),
            _ => Read(now),
        };
    }

    /// <summary>Draws the conclusions of the last message, once the consumer has had its steps and could refuse them.</summary>
    private void Settle(TimeSpan now)
    {
        if (State == WatchState.Waiting)
        {
            return;
        }

        var fault = taken?.Fault;
        if (taken is { } message && Cursor > message.CursorBefore)
        {
            Progress(now);
        }
        else if (taken is not null && fault is null)
        {
            fault = FaultOfUselessMessage(now);
        }

        taken = null;
        if (fault is not null)
        {
            Break(now, fault);
        }
        else if (isLetGo)
        {
            actions.Enqueue(new WatchAction.Close(Fault: null, Cursor, IsBackendDown: false, Reopens: true));
            WaitToReopen(now);
        }
    }

    /// <summary>Judges a message that brought nothing new: too many of them, or too late, and the stream is as good as silent.</summary>
    private WatchFault? FaultOfUselessMessage(TimeSpan now) =>
        policy.TimeLeft(now, IsOpened) <= TimeSpan.Zero || deadlines.IsConfirmationOverdue(now) ? WatchFault.Silent : null;

    private void Break(TimeSpan now, WatchFault fault)
    {
        if (deadlines.IsProven(now))
        {
            EndOutage();
        }

        outage.Begin(now, afterSilence: fault.Kind == WatchFaultKind.Silent && IsConfirmed);
        var end = policy.Decide(now, fault, Cursor ?? 0, IsOpened);
        var isBackendDown = ReopenPolicy.IsBackendDown(fault, IsConfirmed);
        actions.Enqueue(new WatchAction.Close(fault, Cursor, isBackendDown, Reopens: end is null));
        WaitToReopen(now);
        if (end is { } reason)
        {
            actions.Enqueue(new WatchAction.Tell(new WatchStep.Ended(reason, fault)));
        }
    }

    private void WaitToReopen(TimeSpan now)
    {
        State = WatchState.Waiting;
        policy.BackOff(now, IsOpened);
        isLetGo = false;
        deadlines.Close();
    }

    private WatchAction.AwaitTurn AwaitTurn(TimeSpan now)
    {
        policy.AskForTurn(now);
        return new WatchAction.AwaitTurn(AnnounceAt - now ?? Timeout.InfiniteTimeSpan);
    }

    private WatchAction.Read Read(TimeSpan now)
    {
        var news =
            !IsConfirmed ? AnnounceAt
            : outage.IsOn ? deadlines.ProvenAt
            : null;
        var left = Sooner(deadlines.ReadUntil(now, policy.TimeLeft(now, IsOpened)), news) - now;
        read.Within = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        return read;
    }

    /// <summary>
    /// Tells what time alone brings about: an outage is announced when it is old enough, and ends when a stream is proven.
    /// </summary>
    private void Announce(TimeSpan now)
    {
        if (deadlines.IsProven(now) && outage.IsOn)
        {
            EndOutage();
        }
        else if (!IsConfirmed && AnnounceAt <= now && actions.Count == 0)
        {
            outage.Announce();
            actions.Enqueue(new WatchAction.Tell(new WatchStep.Outage()));
        }
    }

    /// <summary>The time at which the client is to hear of the outage. It hears of none while it waits for its first answer.</summary>
    private TimeSpan? AnnounceAt => IsOpened && !start.HistoryOnly ? outage.AnnounceAt : null;

    private void Progress(TimeSpan now)
    {
        EndOutage();
        policy.Progressed(now);
    }

    private void EndOutage()
    {
        if (outage.End())
        {
            actions.Enqueue(new WatchAction.Tell(transcript.AllClear()));
        }

        actions.Enqueue(noteProgress);
    }

    private static TimeSpan Sooner(TimeSpan one, TimeSpan? other) => other < one ? other.Value : one;
}
