namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// The lanes that have something to send, taking turns by bytes: deficit round robin, so that one job's replay doesn't hold up its
/// neighbours' events. Used under the outbox's lock.
/// </summary>
internal sealed class LaneRing
{
    /// <summary>The bytes that a lane may send in one turn: large enough to be cheap, small enough that no lane waits long.</summary>
    private const int Quantum = 32 * 1024;

    private readonly Queue<Lane> ring = new();

    public bool HasMessages
    {
        get
        {
            foreach (var lane in ring)
            {
                if (lane.HasMessages)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Gives the lane a turn, if it doesn't wait for one already.</summary>
    public void Add(Lane lane)
    {
        if (!lane.IsInRing)
        {
            lane.IsInRing = true;
            lane.Deficit = Quantum;
            ring.Enqueue(lane);
        }
    }

    public bool TryTake(out OutboxMessage message, out Receipt receipt)
    {
        while (ring.TryPeek(out var lane))
        {
            if (lane.TryTake(out message))
            {
                receipt = lane.ReceiptFor(message);
                return true;
            }

            EndTurn(ring.Dequeue());
        }

        (message, receipt) = (default, default);
        return false;
    }

    private void EndTurn(Lane lane)
    {
        if (lane.TryPark())
        {
            lane.IsInRing = false;
            return;
        }

        // A message longer than a turn waits for as many turns as it needs, while the others take theirs.
        lane.Deficit += Quantum;
        ring.Enqueue(lane);
    }
}
