namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// What one client was told of a job, over all the streams it took, and what the next message of the stream adds to it. Every rule about
/// the content of a stream (PROTOCOL.md sections 8 and 9) is here; no I/O and no clock.
/// </summary>
/// <param name="start">What the client asked for.</param>
/// <param name="outage">Whether the backend is away.</param>
/// <param name="maxEventBytes">The largest event that can be shown.</param>
/// <param name="onDropped">Counts the events that the client had already.</param>
internal sealed class WatchTranscript(WatchStart start, Outage outage, int maxEventBytes, Action<int> onDropped)
{
    private readonly StepQueue steps = new(outage);
    private StreamRecord stream = new(start.AfterEventId);
    private long? earliestTold;
    private long announced;

    public LogPosition Position { get; } = new(start.AfterEventId, maxEventBytes);

    /// <summary>Whether the present stream has been confirmed.</summary>
    public bool IsSubscribed => stream.IsSubscribed;

    /// <summary>Whether the client was told <c>subscribed</c>.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The newest id that the backend has told of; null until it has said something.</summary>
    public long? Head => IsOpen ? Math.Max(announced, Position.Cursor ?? 0) : null;

    /// <summary>The epoch to ask for, as far as it is known; else empty.</summary>
    public string Epoch { get; private set; } = start.Epoch ?? "";

    /// <summary>The next thing to tell, if there is one.</summary>
    public bool TryTell(out WatchStep step) => steps.TryTake(out step);

    /// <summary>Takes back a step that turned out not to be showable from some event on, and what was to follow it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="lastShown">The id of the last event before that one.</param>
    public void Retract(WatchStep step, long lastShown)
    {
        steps.Retract(step);
        Position.MoveTo(lastShown);
    }

    /// <summary>A new stream was asked for, from the position on.</summary>
    public void StartStream()
    {
        stream = new StreamRecord(Position.Cursor);
        steps.StreamStarted();
        outage.StreamStarted();
        Position.ExpectNoLateStart();
    }

    /// <summary>The outage is over; the client hears of it where it has to.</summary>
    public void OutageEnded() => steps.OutageEnded();

    /// <summary>Takes the stream's next message.</summary>
    /// <returns>What is wrong with it, if something is; what was right before it is told all the same.</returns>
    public WatchFault? Take(WatchMessage message) =>
        message.Kind switch
        {
            WatchMessageKind.Subscribed => TakeSubscribed(message),
            WatchMessageKind.Replay => TakeReplay(message),
            WatchMessageKind.Event => TakeEvent(message.Events[0]),
            WatchMessageKind.Heartbeat => TakeHeartbeat(message.LastEventId),
            WatchMessageKind.Malformed => WatchFault.BadEvent(id: 0, BadEventReason.Unreadable),
            _ => null,
        };

    /// <summary>The stream ended with OK.</summary>
    /// <returns>False where it had no reason to.</returns>
    public bool TakeEnd()
    {
        if (!stream.IsComplete(Position.Cursor))
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
        if (stream.IsSubscribed)
        {
            // Late, after events that implied it: nothing else in it is news.
            return null;
        }

        if (stream.FaultOf(message, IsOpen, earliestTold) is { } fault)
        {
            return fault;
        }

        Position.MoveTo(Position.Cursor ?? message.LastEventId);
        if (stream.Start == 0 && message.EarliestEventId is not null)
        {
            Position.AllowLateStart();
        }

        announced = message.LastEventId ?? announced;
        stream.Announce(message.LastEventId, message.Ended);
        Open(message.Epoch, message.LastEventId, message.EarliestEventId);
        EndIfComplete();
        return null;
    }

    private void Open(string toldEpoch, long? lastEventId, long? earliestEventId)
    {
        stream.Confirm();
        outage.Subscribed();
        if (IsOpen)
        {
            return;
        }

        IsOpen = true;
        earliestTold = earliestEventId;
        steps.Open(new WatchStep.Opened(toldEpoch, lastEventId, earliestEventId), promisesHistory: start.AfterEventId is not null);
    }

    /// <summary>A backend that sends an event before <c>subscribed</c> is forgiven; its first event then says where "now" is.</summary>
    private void ImplySubscribed(in WatchedEvent first)
    {
        if (!stream.IsSubscribed)
        {
            Position.MoveTo(Position.Cursor ?? first.Id - 1);
            Open(toldEpoch: "", lastEventId: null, earliestEventId: null);
        }
    }

    private bool IsHistoryMissing => stream.IsHistoryMissing(Position.Cursor);

    private WatchFault? TakeReplay(WatchMessage message)
    {
        var first = message.Events.Count > 0 ? message.Events[0] : WatchedEvent.Unreadable;
        if (SaysNothingOfNow(first))
        {
            return message.Events.Count > 0 ? WatchFault.BadEvent(first) : null;
        }

        ImplySubscribed(first);
        var (fresh, dropped, fault, isTerminal) = SiftedBatch.Of(Position, message.Events);
        if (dropped > 0)
        {
            onDropped(dropped);
        }

        stream.TakeBatch(isLast: isTerminal || !message.HasMore);
        var hasMore = !isTerminal && (fault is not null || message.HasMore || IsHistoryMissing);
        steps.AddHistory(fresh, hasMore);
        if (fault is not null)
        {
            return fault;
        }

        if (!stream.ExpectsReplay && !isTerminal && IsHistoryMissing)
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
        if (SaysNothingOfNow(watched))
        {
            return WatchFault.BadEvent(watched);
        }

        ImplySubscribed(watched);

        if (start.HistoryOnly)
        {
            return WatchFault.Breach(BreachedRule.LiveInHistoryOnly);
        }

        if (stream.WouldSkipHistory(Position.Cursor))
        {
            return WatchFault.Breach(BreachedRule.LiveBeforeHistory);
        }

        var verdict = Position.Take(watched);
        if (verdict == EventVerdict.Duplicate)
        {
            onDropped(1);
            return null;
        }

        if (verdict != EventVerdict.New)
        {
            return WatchFault.Of(verdict, watched);
        }

        stream.GoLive();
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
        return stream.IsSubscribed && lastEventId > Position.Cursor ? WatchFault.Breach(BreachedRule.HeartbeatAhead) : null;
    }

    private void EndIfComplete()
    {
        if (!start.HistoryOnly && stream.IsComplete(Position.Cursor))
        {
            steps.End(WatchEnd.JobEnded);
        }
    }

    /// <summary>Whether a live-only watch that has nothing but this event still wouldn't know where it is.</summary>
    private bool SaysNothingOfNow(in WatchedEvent first) => stream.Start is null && !stream.IsSubscribed && !first.IsWellFormed;
}
