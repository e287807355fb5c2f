using OptimizationGateway.Gateway.Buffers;
using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>A pooled array with the JSON of consecutive events. The array goes back to the pool with the last of them.</summary>
internal sealed class RingChunk(int size)
{
    private byte[] bytes = BytePool.Rent(size);
    private int used;
    private int events;

    /// <summary>The array.</summary>
    public byte[] Bytes => bytes;

    /// <summary>The memory it takes, in bytes.</summary>
    public int Size => bytes.Length;

    /// <summary>True if it has room for so many bytes more.</summary>
    public bool HasRoomFor(int length) => length <= bytes.Length - used;

    /// <summary>Adds an event's JSON.</summary>
    /// <returns>Its place.</returns>
    public int Add(ReadOnlySpan<byte> json)
    {
        var offset = used;
        json.CopyTo(bytes.AsSpan(offset));
        used += json.Length;
        events++;
        return offset;
    }

    /// <summary>Removes one event.</summary>
    /// <returns>True if it was the last one: the array went back to the pool.</returns>
    public bool RemoveOne()
    {
        events--;
        if (events > 0)
        {
            return false;
        }

        BytePool.Return(ref bytes);
        return true;
    }
}
