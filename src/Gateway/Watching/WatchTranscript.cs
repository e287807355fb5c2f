using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The account of one client's job over all its streams: judges each message of a stream and turns it into steps. Holds every rule
/// about the content of a stream (PROTOCOL.md sections 8 and 9). Pure; owned by a <see cref="WatchMachine"/>.
/// </summary>
/// <param name="maxEventBytes">The size of the largest event that can be shown.</param>
internal sealed class WatchTranscript(WatchStart start, int maxEventBytes)
{
    private readonly StepQueue steps = new(owesLastReplay: start.Resumed is not null);
    private readonly LogPosition position = new(start.AfterEventId, maxEventBytes);
    private StreamHistory history = new(start.AfterEventId);
    private long? earliestTold = start.Resumed?.EarliestTold;
    private long announced;

    /// <summary>The id of the last event that the client has; null while a live-only watch doesn't know its position.</summary>
    public long? Cursor => position.Cursor;

    /// <summary>True if the backend has confirmed the present stream, by <c>subscribed</c> or by an event.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>True if the client was told <c>subscribed</c>.</summary>
    public bool IsOpened { get; private set; } = start.Resumed is not null;

    /// <summary>True if history that the present stream was asked for is still to come.</summary>
    public bool ExpectsHistory => history.IsExpected;

    /// <summary>The newest id that the backend has told of; null until it has said something.</summary>
    public long? Head => IsOpened ? Math.Max(announced, Cursor ?? 0) : null;

    /// <summary>The log's epoch as far as it is known; else empty.</summary>
    public string Epoch { get; private set; } = start.Epoch ?? "";

    /// <summary>The number of events dropped out of the last message, because the client has them or the job had ended.</summary>
    public int Dropped { get; private set; }

    /// <summary>True if there is a step to tell.</summary>
    public bool HasNews => steps.HasSteps;

    /// <summary>Takes the next step to tell, if there is one.</summary>
    public bool TryTell(out WatchStep step) => steps.TryTake(out step);

    /// <summary>Starts over with a new stream, from the position on.</summary>
    public void StartStream()
    {
        history = new StreamHistory(Cursor);
        IsConfirmed = false;
        position.ExpectNoLateStart();
    }

    /// <summary>Takes back a step from an event on that can't be shown, and all that was to follow it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="refused">The event.</param>
    /// <param name="before">The position before the step.</param>
    /// <returns>False if no event of the step was shown.</returns>
    public bool Retract(WatchStep step, in WatchedEvent refused, long? before)
    {
        var id = refused.Id;
        var shown = step is WatchStep.History batch ? batch.Events.TakeWhile(e => e.Id != id).Select(e => e.Id).ToList() : [];
        steps.Retract(step);
        position.MoveTo(shown.Count > 0 ? shown[^1] : before ?? id - 1);
        return shown.Count > 0;
    }

    /// <inheritdoc cref="StepQueue.AllClear"/>
    public WatchStep AllClear() => steps.AllClear();

    /// <summary>Takes the stream's next message.</summary>
    /// <returns>The fault in it, if there is one; what was right before the fault is told all the same.</returns>
    public WatchFault? Take(WatchMessage message)
    {
        Dropped = 0;
        return message.Kind switch
        {
            WatchMessageKind.Subscribed => TakeSubscribed(message),
            WatchMessageKind.Replay => TakeReplay(message),
            WatchMessageKind.Event => TakeEvent(message.Events[0]),
            WatchMessageKind.Heartbeat => TakeHeartbeat(message.LastEventId),
            WatchMessageKind.Malformed => WatchFault.BadEvent(id: 0, BadEventReason.Unreadable),
            _ => null,
        };
    }

    /// <summary>Takes the stream's end with OK.</summary>
    /// <returns>False if the stream had no reason to end.</returns>
    public bool TryTakeEnd()
    {
        if (!history.IsComplete(Cursor))
        {
            return false;
        }

        steps.End(WatchEnd.JobEnded);
        return true;
    }

    private WatchFault? TakeSubscribed(WatchMessage message)
    {
        if (Epoch.Length > 0 && message.Epoch.Length > 0 && Epoch != message.Epoch)
        {
            return WatchFault.EpochChanged;
        }

        Epoch = Epoch.Length > 0 ? Epoch : message.Epoch;
        if (IsConfirmed)
        {
            // Late, after events that implied it: nothing else in it is news.
            return null;
        }

        if (history.FaultOf(message, isReopened: IsOpened, earliestTold) is { } fault)
        {
            return fault;
        }

        if (history.IsLiveOnly)
        {
            position.StartAt(message.LastEventId ?? 0);
        }

        if (history.IsFromStart && message.EarliestEventId is not null)
        {
            position.AllowLateStart();
        }

        announced = message.LastEventId ?? announced;
        history.Announce(message.LastEventId, message.Ended);
        Confirm(new WatchStep.Opened(message.Epoch, message.LastEventId, message.EarliestEventId));
        EndIfComplete();
        return null;
    }

    /// <summary>Confirms the stream by an event that comes before <c>subscribed</c>. On a live-only stream it says where now is.</summary>
    /// <returns>False if the stream is live only and the event doesn't say that either.</returns>
    private bool TryImplySubscribed(in WatchedEvent first)
    {
        if (IsConfirmed)
        {
            return true;
        }

        if (history.IsLiveOnly && !first.IsWellFormed)
        {
            return false;
        }

        position.StartAt(first.Id - 1);
        Confirm(new WatchStep.Opened("", LastEventId: null, EarliestEventId: null));
        return true;
    }

    private void Confirm(WatchStep.Opened opened)
    {
        IsConfirmed = true;
        if (!IsOpened)
        {
            IsOpened = true;
            earliestTold = opened.EarliestEventId;
            steps.Open(opened, promisesHistory: start.AfterEventId is not null);
        }
    }

    private WatchFault? TakeReplay(WatchMessage message)
    {
        var first = message.Events.Count > 0 ? message.Events[0] : WatchedEvent.Unreadable;
        if (!TryImplySubscribed(first))
        {
            return message.Events.Count > 0 ? WatchFault.BadEvent(first) : null;
        }

        (Dropped, var fault, var isTerminal) = SiftedBatch.Of(position, message.Events);
        history.TakeBatch(isLast: isTerminal || !message.HasMore);
        var isMissing = history.IsMissing(Cursor);
        var hasMore = !isTerminal && (fault is not null || message.HasMore || isMissing);
        steps.AddHistory(message.Events, hasMore);
        if (fault is not null)
        {
            return fault;
        }

        if (!history.IsExpected && !isTerminal && isMissing)
        {
            return WatchFault.Breach(BreachedRule.HistoryCutShort);
        }

        if (isTerminal || (start.HistoryOnly && !hasMore))
        {
            steps.End(start.HistoryOnly ? WatchEnd.HistoryRead : WatchEnd.JobEnded);
        }
        else
        {
            EndIfComplete();
        }

        return null;
    }

    private WatchFault? TakeEvent(in WatchedEvent watched)
    {
        if (!TryImplySubscribed(watched))
        {
            return WatchFault.BadEvent(watched);
        }

        if (start.HistoryOnly)
        {
            return WatchFault.Breach(BreachedRule.LiveInHistoryOnly);
        }

        if (history.WouldBeSkipped(Cursor))
        {
            return WatchFault.Breach(BreachedRule.LiveBeforeHistory);
        }

        var verdict = position.Take(watched);
        if (verdict == EventVerdict.Duplicate)
        {
            Dropped = 1;
            return null;
        }

        if (verdict != EventVerdict.New)
        {
            return LogPosition.FaultOf(verdict, watched);
        }

        history.GoLive();
        steps.AddLive(watched);
        if (watched.IsTerminal)
        {
            steps.End(WatchEnd.JobEnded);
        }

        return null;
    }

    private WatchFault? TakeHeartbeat(long? lastEventId)
    {
        announced = Math.Max(announced, lastEventId ?? 0);
        return IsConfirmed && lastEventId > Cursor ? WatchFault.Breach(BreachedRule.HeartbeatAhead) : null;
    }

    private void EndIfComplete()
    {
        if (!start.HistoryOnly && history.IsComplete(Cursor))
        {
            steps.End(WatchEnd.JobEnded);
        }
    }
}
