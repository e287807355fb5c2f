using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// What went to and fro on one connection, for the line that tells its life; and each message on its way to the metrics. What is received
/// is counted by the reader alone, what is sent by the writer alone.
/// </summary>
internal sealed class SessionTally(GatewayMetrics metrics)
{
    /// <summary>Client messages, whether they were of use or not.</summary>
    public long MessagesReceived { get; private set; }

    public long MessagesSent { get; private set; }

    public long EventsSent { get; private set; }

    /// <summary>Bytes of the messages, without their frames.</summary>
    public long BytesSent { get; private set; }

    /// <param name="type">Which message; null for one that was dropped or is none of the protocol's.</param>
    public void Received(ClientMessageType? type)
    {
        MessagesReceived++;
        metrics.MessageReceived(type is { } known ? TagValue.Of(known) : "none");
    }

    /// <summary>The socket has taken a message.</summary>
    public void Sent(OutboxMessage message)
    {
        MessagesSent++;
        EventsSent += message.Facts.Events;
        BytesSent += message.Length;
        var facts = message.Facts;
        metrics.MessageSent(TagValue.Of(facts.Type), facts.Events);
        if (facts.Type == ServerMessageType.Event)
        {
            metrics.LiveEventSent(facts.ReadAt, facts.HappenedAt);
        }
    }
}
