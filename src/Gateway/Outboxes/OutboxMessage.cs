using System.Buffers;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>What a message does to its lane's subscription as the client sees it, once it is on its way.</summary>
internal enum LaneMark
{
    None,

    /// <summary><c>subscribed</c>.</summary>
    Opens,

    /// <summary><c>unsubscribed</c>.</summary>
    Closes,
}

/// <summary>One encoded message in a pooled array. Whoever holds it last returns it.</summary>
internal readonly record struct OutboxMessage(byte[] Array, int Length, LaneMark Mark)
{
    public ReadOnlyMemory<byte> Bytes => Array.AsMemory(0, Length);

    public void Return()
    {
        if (Array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Array);
        }
    }
}
