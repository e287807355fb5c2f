using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// Queues encoded messages for one client. There are two kinds of queues: the control lane, small, for answers that the receive loop
/// must never wait for, and a <see cref="Lane"/> for each job, whose producer waits while it is full. Control goes first; the lanes take
/// turns by bytes (deficit round robin), so that one job's replay doesn't hold up its neighbours' events.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="form">The form of the messages; null for <see cref="MessageForm.Enveloped"/>.</param>
internal sealed class Outbox(OutboxLimits limits, MessageForm? form = null) : IStreamOwner
{
    private readonly Lock gate = new();
    private readonly ControlLane control = new(limits.ControlBytes, limits.Held);
    private readonly LaneRing ring = new();
    private readonly HashSet<Lane> lanes = [];
    private int laneBytes;

    /// <summary>The lanes' messages that the socket was given, also of subscriptions that have ended since.</summary>
    private OnItsWay onItsWay;
    private bool closed;
    private bool nudged;
    private readonly TakerSignal taker = new();

    /// <summary>The form in which messages are put in.</summary>
    public MessageForm Form { get; } = form ?? MessageForm.Enveloped;

    /// <summary>The memory of all clients.</summary>
    public HeldMemory Held => limits.Held;

    /// <summary>The bytes that wait in all lanes and in their sources.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (gate)
            {
                return control.Bytes + lanes.Sum(lane => lane.WaitingBytes);
            }
        }
    }

    /// <summary>The client's burden.</summary>
    public Backlog Backlog
    {
        get
        {
            lock (gate)
            {
                var oldest = onItsWay.Since;
                foreach (var lane in lanes)
                {
                    var readAt = lane.OldestReadAt;
                    oldest = readAt > 0 && (oldest == 0 || readAt < oldest) ? readAt : oldest;
                }

                return new Backlog(Costs.Connection + (lanes.Count * Costs.Subscription) + control.Bytes + laneBytes, oldest);
            }
        }
    }

    /// <summary>True if memory is short, and more waits than half of what then may.</summary>
    public bool IsBehind => limits.IsShort && Volatile.Read(ref laneBytes) > limits.BytesNow / 2;

    public Lane OpenLane()
    {
        var lane = new Lane(this);
        lock (gate)
        {
            lanes.Add(lane);
        }

        limits.Held.AddFixed(Costs.Subscription);
        return lane;
    }

    /// <summary>Returns true if a lane may hold so much more. An empty one always may, so that every job moves on.</summary>
    public bool HasRoomFor(Lane lane, int held) =>
        lane.Bytes == 0 || (held <= limits.LaneNow - lane.Bytes && held <= limits.BytesNow - laneBytes);

    /// <summary>Counts what a lane holds more, or less. Called under the lock.</summary>
    public void Count(int bytes)
    {
        laneBytes += bytes;
        limits.Held.Add(bytes);
    }

    /// <summary>The lane as it is now, or as it was when it was last cleared.</summary>
    public LaneView View(Lane lane)
    {
        lock (gate)
        {
            return lane.View;
        }
    }

    /// <summary>A ticket to write into <paramref name="lane"/> until it is next cleared.</summary>
    public LaneTicket Ticket(Lane lane)
    {
        lock (gate)
        {
            return lane.NewTicket();
        }
    }

    /// <summary>Drops the lane's waiting messages and makes its tickets worthless.</summary>
    /// <returns>True if the client still believes that its subscription is open.</returns>
    public bool Clear(Lane lane)
    {
        lock (gate)
        {
            lane.Clear();
            return lane.IsOpenAtClient;
        }
    }

    /// <summary>Clears the lane and forgets it.</summary>
    public void Remove(Lane lane)
    {
        lock (gate)
        {
            lane.Clear();
            if (lanes.Remove(lane))
            {
                limits.Held.AddFixed(-Costs.Subscription);
            }
        }
    }

    /// <summary>Queues an answer ahead of everything but the answers before it.</summary>
    /// <returns>False if the control lane is full: the client sends and doesn't read.</returns>
    public bool TryPost(OutboxMessage message)
    {
        lock (gate)
        {
            if (closed || !control.TryEnqueue(message))
            {
                message.Return();
                return closed;
            }

            WakeTaker();
            return true;
        }
    }

    /// <summary>See <see cref="LaneTicket.WriteAsync"/>.</summary>
    public ValueTask WriteAsync(Lane lane, int ticket, OutboxMessage message)
    {
        lock (gate)
        {
            return TryEnqueue(lane, ticket, message)
                ? ValueTask.CompletedTask
                : new ValueTask(WriteWhenRoomAsync(lane, ticket, message, lane.WaitForRoom(message.Held)));
        }
    }

    /// <summary>See <see cref="LaneTicket.Attach"/>.</summary>
    public void Attach(Lane lane, int ticket, LaneSource? source)
    {
        lock (gate)
        {
            if (closed || !lane.Honours(ticket))
            {
                source?.Leave();
                return;
            }

            lane.Attach(source, runsHere => Ready(lane, runsHere));
        }

        Ready(lane, runsHere: false);
    }

    /// <summary>See <see cref="LaneTicket.DrainedAsync"/>.</summary>
    public async Task DrainedAsync(Lane lane, int ticket)
    {
        while (true)
        {
            Task drained;
            lock (gate)
            {
                if (closed || lane.IsEmpty || !lane.Honours(ticket))
                {
                    return;
                }

                drained = lane.WaitForRoom(int.MaxValue);
            }

            await drained;
        }
    }

    /// <summary>Takes the next message to send.</summary>
    /// <param name="message">The message; the caller returns it.</param>
    /// <param name="receipt">The receipt for <see cref="Sent"/>, once the socket has taken the message.</param>
    public bool TryTake(out OutboxMessage message, out Receipt receipt)
    {
        lock (gate)
        {
            if (control.TryTake(out message, out receipt))
            {
                return true;
            }

            if (!ring.TryTake(out message, out receipt))
            {
                return false;
            }

            onItsWay.Taken(receipt.Facts);
            return true;
        }
    }

    /// <summary>Records that the socket has taken messages.</summary>
    /// <param name="receipts">Their receipts, in the order in which they were taken; none is left out but the newest.</param>
    public void Sent(List<Receipt> receipts)
    {
        lock (gate)
        {
            foreach (var receipt in receipts)
            {
                if (receipt.Lane is { } lane)
                {
                    lane.Sent(receipt);
                    onItsWay.Sent();
                }
            }
        }
    }

    /// <summary>Waits until there is something to take.</summary>
    /// <returns>False once the outbox is closed and drained.</returns>
    public ValueTask<bool> WaitToTakeAsync()
    {
        lock (gate)
        {
            if (HasSomething() || nudged)
            {
                nudged = false;
                return ValueTask.FromResult(true);
            }

            if (closed)
            {
                return ValueTask.FromResult(false);
            }

            return taker.Wait();
        }
    }

    /// <summary>Wakes the taker, or has its next wait end at once, although there may be nothing to take.</summary>
    public void Nudge()
    {
        lock (gate)
        {
            nudged = !taker.TryClaim(wakeResult: true);
            if (!nudged)
            {
                taker.Wake(runsHere: false);
            }
        }
    }

    /// <summary>Accepts no more messages. The waiting ones are still sent.</summary>
    public void CloseWhenDrained()
    {
        lock (gate)
        {
            closed = true;
            foreach (var lane in lanes)
            {
                lane.CloseWhenDrained();
            }

            WakeTaker();
        }
    }

    /// <summary>Accepts no more messages. Answers are still sent; the jobs' lanes are dropped, and a resume brings their messages.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var lane in lanes)
            {
                lane.Clear();
            }

            WakeTaker();
        }
    }

    /// <summary>Drops what is left once nobody takes it any more.</summary>
    public void Discard()
    {
        Close();
        while (TryTake(out var answer, out _))
        {
            answer.Return();
        }

        foreach (var lane in lanes.ToList())
        {
            Remove(lane);
        }
    }

    private async Task WriteWhenRoomAsync(Lane lane, int ticket, OutboxMessage message, Task room)
    {
        limits.Held.Add(message.Held);
        try
        {
            while (true)
            {
                await room;
                lock (gate)
                {
                    if (TryEnqueue(lane, ticket, message))
                    {
                        return;
                    }

                    room = lane.WaitForRoom(message.Held);
                }
            }
        }
        finally
        {
            limits.Held.Add(-message.Held);
        }
    }

    /// <returns>False if the lane is full. True if the message was queued, or dropped because the ticket is worthless.</returns>
    private bool TryEnqueue(Lane lane, int ticket, OutboxMessage message)
    {
        if (closed || !lane.Honours(ticket))
        {
            message.Return();
            return true;
        }

        if (!HasRoomFor(lane, message.Held))
        {
            return false;
        }

        lane.Enqueue(message);
        ring.Add(lane);
        WakeTaker();
        return true;
    }

    /// <summary>Gives a lane its turn because its source has a message, or takes it off the ring of lanes.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="runsHere">True if the taker may go on in the caller's thread: nobody else waits for the caller.</param>
    private void Ready(Lane lane, bool runsHere)
    {
        bool wakes;
        lock (gate)
        {
            wakes = !lane.TryPark();
            if (wakes)
            {
                ring.Add(lane);
                wakes = taker.TryClaim(wakeResult: true);
            }
        }

        if (wakes)
        {
            taker.Wake(runsHere);
        }
    }

    private bool HasSomething() => !control.IsEmpty || ring.HasMessages;

    private void WakeTaker()
    {
        if (taker.TryClaim(HasSomething() || !closed))
        {
            taker.Wake(runsHere: false);
        }
    }
}
