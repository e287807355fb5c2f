using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>A lane as it is at one moment.</summary>
/// <param name="QueuedBytes">The memory that waiting messages take, in bytes.</param>
/// <param name="QueuedMessages">The number of waiting messages.</param>
/// <param name="QueuedEvents">The number of events in them.</param>
/// <param name="QueuedEventId">The id of the last event that was queued; 0 before the first.</param>
/// <param name="SentEventId">The id of the last event that the socket has taken; 0 before the first.</param>
/// <param name="EventsSent">The number of events that the socket has taken.</param>
/// <param name="BytesSent">The bytes of the messages that the socket has taken.</param>
/// <param name="OldestReadAt">The time the oldest unsent events were read, as the clock's timestamp; 0 if there are none.</param>
/// <param name="IsFull">True if its producer waits for room.</param>
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
