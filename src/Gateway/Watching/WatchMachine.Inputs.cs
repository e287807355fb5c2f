using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <content>The inputs: all that can happen to a watch.</content>
internal sealed partial class WatchMachine
{
    /// <summary>Reports that the turn came that <see cref="WatchAction.AwaitTurn"/> waits for.</summary>
    public void TurnCame(TimeSpan now) => policy.TurnCame(now);

    /// <summary>Reports that a stream was asked for.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="confirmsWithin">The time that the stream may take until it is confirmed.</param>
    public void StreamOpened(TimeSpan now, TimeSpan confirmsWithin)
    {
        State = WatchState.Opening;
        deadlines.Start(now, confirmsWithin);
        transcript.StartStream();
        useless.StartStream();
    }

    /// <summary>Reports the outcome of <see cref="WatchAction.Read"/>: a message, the end of the stream, or nothing.</summary>
    public void Received(TimeSpan now, WatchRead read)
    {
        var before = Cursor;
        if (read.Message is { } message)
        {
            taken = new Taken(before, Take(now, message));
        }
        else if (read.Fault is { } end)
        {
            taken = new Taken(before, end == WatchFault.EndedEarly && transcript.TryTakeEnd() ? null : end);
        }
        else if (deadlines.IsReadOverdue(now))
        {
            taken = new Taken(before, WatchFault.Silent);
        }
        else
        {
            return;
        }

        deadlines.EndRead();
        TellSteps();
    }

    /// <summary>
    /// Reports that an event of the step told last can't be shown; the events before it were. The stream is asked once more.
    /// </summary>
    public void Refuse(WatchStep step, WatchedEvent refused, BadEventReason reason)
    {
        var before = taken?.CursorBefore;
        if (!transcript.Retract(step, refused, before))
        {
            outage.OweAllClear();
        }

        taken = new Taken(before, WatchFault.BadEvent(refused.Id, reason));
        actions.Clear();
    }

    /// <summary>
    /// Reports that the client takes nothing more for now: the stream is given up, and another opened when there is room.
    /// </summary>
    public void LetGo() => isLetGo = State != WatchState.Waiting;

    private WatchFault? Take(TimeSpan now, WatchMessage message)
    {
        var (before, wasConfirmed, wasOpened) = (Cursor, transcript.IsConfirmed, IsOpened);
        var fault = transcript.Take(message);
        fault ??= useless.Take(now, message, isNews: transcript.HasNews || transcript.IsConfirmed != wasConfirmed);
        if (transcript.Dropped > 0)
        {
            actions.Enqueue(new WatchAction.CountDropped(transcript.Dropped));
        }

        if (transcript.IsConfirmed)
        {
            State = transcript.ExpectsHistory ? WatchState.Replaying : WatchState.Live;
        }

        if (transcript.IsConfirmed && !wasConfirmed)
        {
            deadlines.Confirm(now);
            outage.StreamConfirmed();
            actions.Enqueue(new WatchAction.NoteConfirmed(before));
        }

        if (IsOpened && !wasOpened)
        {
            policy.Progressed(now);
            if (!outage.IsOn)
            {
                actions.Enqueue(noteProgress);
            }
        }

        if (message.Kind == WatchMessageKind.Heartbeat && fault is null && deadlines.IsProven(now))
        {
            Progress(now);
        }

        return fault;
    }

    private void TellSteps()
    {
        while (transcript.TryTell(out var step))
        {
            if (step is WatchStep.History or WatchStep.Live)
            {
                outage.SettleAllClear();
            }

            actions.Enqueue(step is WatchStep.Live ? TellLive(step) : new WatchAction.Tell(step));
            if (step is WatchStep.Ended)
            {
                actions.Enqueue(noteProgress);
            }
        }
    }

    private WatchAction.Tell TellLive(WatchStep live)
    {
        if (tellLive?.Step != live)
        {
            tellLive = new WatchAction.Tell(live);
        }

        return tellLive;
    }

    /// <summary>A message that was taken and whose conclusions are still to be drawn.</summary>
    /// <param name="CursorBefore">The position before it.</param>
    /// <param name="Fault">The fault in it.</param>
    private readonly record struct Taken(long? CursorBefore, WatchFault? Fault);
}
