using OptimizationGateway.Gateway.Buffers;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>One encoded message in a pooled array. The last owner returns it.</summary>
internal readonly record struct OutboxMessage(byte[] Array, int Length, MessageFacts Facts)
{
    /// <summary>The overhead of an array and its place in a queue, in bytes; a tenth of all with small events.</summary>
    private const int Overhead = 72;

    public ReadOnlyMemory<byte> Bytes => Array.AsMemory(0, Length);

    /// <summary>The memory that the message takes while it waits, in bytes: what memory bounds count.</summary>
    public int Held => Array.Length + Overhead;

    public void Return()
    {
        var array = Array;
        BytePool.Return(ref array);
    }
}
