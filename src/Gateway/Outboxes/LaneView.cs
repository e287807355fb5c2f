using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>A lane as it is at one moment.</summary>
/// <param name="QueuedBytes">How many bytes of memory what waits occupies.</param>
/// <param name="QueuedMessages">How many messages wait.</param>
/// <param name="QueuedEvents">How many events are in them.</param>
/// <param name="QueuedEventId">The id of the last event that was queued; 0 before the first.</param>
/// <param name="SentEventId">The id of the last event that the socket has taken; 0 before the first.</param>
/// <param name="EventsSent">How many events the socket has taken.</param>
/// <param name="BytesSent">In messages of so many bytes.</param>
/// <param name="OldestReadAt">When the oldest events that the socket hasn't taken were read, by the clock's timestamp; 0 where there are none.</param>
/// <param name="IsFull">Whether its producer waits for room.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LaneView(
    int QueuedBytes,
    int QueuedMessages,
    int QueuedEvents,
    long QueuedEventId,
    long SentEventId,
    long EventsSent,
    long BytesSent,
    long OldestReadAt,
    bool IsFull
);
