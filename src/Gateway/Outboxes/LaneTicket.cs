namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The right to write into a lane until it is next cleared.</summary>
internal readonly struct LaneTicket(Lane lane, int generation)
{
    /// <summary>
    /// Queues the message; waits while the lane is full. After the lane was cleared the message is dropped instead, silently: its
    /// subscription is over. There is no token to cancel the wait with because clearing ends it.
    /// </summary>
    public ValueTask WriteAsync(OutboxMessage message) => lane.WriteAsync(generation, message);

    /// <summary>Waits until everything in the lane is on its way, or was dropped.</summary>
    public Task DrainedAsync() => lane.DrainedAsync(generation);
}
