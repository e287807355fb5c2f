using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The right to write into a lane until it is next cleared.</summary>
internal readonly struct LaneTicket(Lane lane, int generation)
{
    /// <inheritdoc cref="Outbox.Form"/>
    public MessageForm Form => lane.Form;

    /// <summary>The outbox, for which the streams behind the lane are opened.</summary>
    public IStreamOwner Owner => lane.Owner;

    /// <summary>
    /// Queues the message; waits while the lane is full. After the lane was cleared the message is dropped instead, silently: its
    /// subscription is over. There is no token to cancel the wait with because clearing ends it.
    /// </summary>
    public ValueTask WriteAsync(OutboxMessage message) => lane.WriteAsync(generation, message);

    /// <summary>
    /// Has the lane go on with a source once its queue is empty. After the lane was cleared the source is told to leave instead.
    /// </summary>
    /// <param name="source">The source; null to go on with the queue alone.</param>
    public void Attach(LaneSource? source) => lane.Attach(generation, source);

    /// <summary>Waits until everything in the lane is on its way, or was dropped.</summary>
    public Task DrainedAsync() => lane.DrainedAsync(generation);
}
