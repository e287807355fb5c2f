using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Counts one connection's messages, for its log line and for the metrics. The reader alone
/// counts received messages, the writer alone sent ones.
/// </summary>
internal sealed class SessionTally(GatewayMetrics metrics)
{
    /// <summary>Client messages, whether they were of use or not.</summary>
    public long MessagesReceived { get; private set; }

    public long MessagesSent { get; private set; }

    public long EventsSent { get; private set; }

    /// <summary>Bytes of the messages, without their frames.</summary>
    public long BytesSent { get; private set; }

    /// <param name="type">The message's type; null for one that was dropped or isn't of the protocol.</param>
    public void Received(ClientMessageType? type)
    {
        MessagesReceived++;
        metrics.MessageReceived(type is { } known ? TagValue.Of(known) : GatewayMetrics.NoType);
    }

    /// <summary>The socket has taken a message.</summary>
    /// <param name="facts">The facts about it.</param>
    /// <param name="length">Its length in bytes, without its frame.</param>
    public void Sent(MessageFacts facts, int length)
    {
        MessagesSent++;
        EventsSent += facts.Events;
        BytesSent += length;
        metrics.MessageSent(TagValue.Of(facts.Type), facts.Events);
        if (facts.Type == ServerMessageType.Event)
        {
            metrics.LiveEventSent(facts.ReadAt, facts.HappenedAt);
        }
    }
}
