using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The facts about a message beside its bytes: its effect on its lane, and the counts of what is sent.</summary>
/// <param name="Type">The message's type.</param>
/// <param name="Events">The number of events in it.</param>
/// <param name="ReadAt">The time its events were read from the backend's stream, as the clock's timestamp; 0 if it has none.</param>
/// <param name="HappenedAt">The live event's own timestamp, in ticks of UTC; 0 for other messages.</param>
/// <param name="LastEventId">The id of its last event; 0 if it has none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MessageFacts(
    ServerMessageType Type,
    int Events = 0,
    long ReadAt = 0,
    long HappenedAt = 0,
    long LastEventId = 0
)
{
    /// <summary>True if more history follows it.</summary>
    public bool HasMore { get; init; }

    /// <summary>True if the job has ended, and no event follows.</summary>
    public bool IsJobsEnd { get; init; }

    /// <summary>
    /// The content of a message without events, for a transport that has its own form for it: a <see cref="SubscribedMessage"/>, an
    /// <see cref="ErrorMessage"/> or an <see cref="UnsubscribeReason"/>; otherwise null.
    /// </summary>
    public object? Content { get; init; }
}
