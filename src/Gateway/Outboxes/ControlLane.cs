using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// The answers that wait in an <see cref="Outbox"/>, ahead of every lane: bounded in bytes, since the receive loop must never wait. Used under
/// the outbox's lock.
/// </summary>
/// <param name="capacityBytes">The most that may wait, in bytes.</param>
/// <param name="held">The memory of all clients.</param>
internal sealed class ControlLane(int capacityBytes, HeldMemory held)
{
    private readonly Queue<OutboxMessage> answers = new();

    /// <summary>The memory that they take, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>True if none waits.</summary>
    public bool IsEmpty => answers.Count == 0;

    /// <summary>Queues an answer.</summary>
    /// <returns>False if it doesn't fit.</returns>
    public bool TryEnqueue(in OutboxMessage answer)
    {
        if (Bytes + answer.Held > capacityBytes)
        {
            return false;
        }

        answers.Enqueue(answer);
        Hold(answer.Held);
        return true;
    }

    /// <summary>Takes the oldest answer.</summary>
    public bool TryTake(out OutboxMessage answer, out Receipt receipt)
    {
        if (!answers.TryDequeue(out answer))
        {
            receipt = default;
            return false;
        }

        Hold(-answer.Held);
        receipt = new Receipt(Lane: null, 0, answer.Facts, answer.Length);
        return true;
    }

    private void Hold(int more)
    {
        Bytes += more;
        held.Add(more);
    }
}
