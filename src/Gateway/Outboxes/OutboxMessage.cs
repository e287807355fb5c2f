namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>One encoded message in a pooled array. Whoever holds it last returns it.</summary>
internal readonly record struct OutboxMessage(byte[] Array, int Length, MessageFacts Facts)
{
    /// <summary>What an array and its place in a queue take beside the bytes; with small events it is a tenth of all.</summary>
    private const int Overhead = 72;

    public ReadOnlyMemory<byte> Bytes => Array.AsMemory(0, Length);

    /// <summary>What the message occupies in memory while it waits, in bytes: what a bound of memory has to count.</summary>
    public int Held => Array.Length + Overhead;

    public void Return()
    {
        var array = Array;
        BytePool.Return(ref array);
    }
}
