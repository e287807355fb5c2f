using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>What is known of a message beside its bytes: what it means to its lane, and what is counted once it is sent.</summary>
/// <param name="Type">Which message it is.</param>
/// <param name="Events">How many events it holds.</param>
/// <param name="ReadAt">When its events were read from the backend's stream, by the clock's own timestamp; 0 where it holds none.</param>
/// <param name="HappenedAt">The live event's own timestamp, in ticks of UTC; 0 for other messages.</param>
/// <param name="LastEventId">The id of its last event; 0 where it holds none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MessageFacts(
    ServerMessageType Type,
    int Events = 0,
    long ReadAt = 0,
    long HappenedAt = 0,
    long LastEventId = 0
);
