using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>What waits for a client of one subscription.</summary>
/// <param name="Bytes">The memory it occupies.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="Events">How many events are in them.</param>
/// <param name="LastEventId">The last event that was queued, sent since or not; null: none.</param>
/// <param name="IsFull">Whether the backend's stream is held back for it.</param>
internal sealed record QueueDetail(int Bytes, int Messages, int Events, long? LastEventId, bool IsFull)
{
    public static QueueDetail Of(in LaneView lane) =>
        new(lane.QueuedBytes, lane.QueuedMessages, lane.QueuedEvents, lane.QueuedEventId > 0 ? lane.QueuedEventId : null, lane.IsFull);
}
