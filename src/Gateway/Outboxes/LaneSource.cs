using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// Messages that a lane doesn't queue, because they wait elsewhere for many lanes: each is put together when it is the lane's turn. The
/// outbox calls it under its lock. So a source may take a lock of its own, and never calls the outbox while it holds that.
/// </summary>
internal abstract class LaneSource
{
    /// <summary>True if there is a message now.</summary>
    public abstract bool HasMessages { get; }

    /// <summary>Attaches the source to a lane.</summary>
    /// <param name="onReady">
    /// Called when there is a message again after <see cref="TryPark"/>, or when the source is over; with true if the lane's client may be
    /// served in the caller's thread, because nobody else waits for the caller.
    /// </param>
    public abstract void Attach(Action<bool> onReady);

    /// <summary>Takes the next message.</summary>
    /// <param name="message">The message; the caller returns it.</param>
    /// <returns>False if there is none.</returns>
    public abstract bool TryTake(out OutboxMessage message);

    /// <summary>Ends the lane's turn. If there is no message, the source reports the next one.</summary>
    /// <returns>False if there is a message now.</returns>
    public abstract bool TryPark();

    /// <summary>Gives no message that isn't there yet: the client is about to be sent away.</summary>
    public abstract void CloseWhenDrained();

    /// <summary>Detaches the source: its subscription is over. Can be called twice.</summary>
    public abstract void Leave();

    /// <summary>The messages that wait for the lane.</summary>
    public abstract SourceView View { get; }
}

/// <summary>A source as it is at one moment.</summary>
/// <param name="Bytes">The bytes that wait; the lanes of other viewers may wait for the same ones.</param>
/// <param name="Events">The number of events that wait.</param>
/// <param name="LastEventId">The id of the newest event; 0 if there is none.</param>
/// <param name="OldestReadAt">The time the oldest of them was read, as the clock's timestamp; 0 if there are none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SourceView(long Bytes, int Events, long LastEventId, long OldestReadAt);
