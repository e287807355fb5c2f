using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The messages that the socket was given and hasn't taken. The writer reports all that it was given as sent, or all but the newest.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct OnItsWay
{
    private int messages;
    private long newest;

    /// <summary>The time at which the oldest event of them was read, as the clock's timestamp; 0 if there is none.</summary>
    public long Since { get; private set; }

    /// <summary>Records that a message was given to the socket.</summary>
    public void Taken(in MessageFacts facts)
    {
        messages++;
        newest = facts.ReadAt;
        Since = Since == 0 ? newest : Since;
    }

    /// <summary>Records that the socket has taken the oldest message.</summary>
    public void Sent() => Since = --messages == 0 ? 0 : newest;
}
