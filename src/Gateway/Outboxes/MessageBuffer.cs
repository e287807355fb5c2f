using System.Buffers;
using OptimizationGateway.Gateway.Buffers;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// Collects the bytes of one message in a pooled array. <see cref="Detach"/> hands on a full array as it is. Of a mostly empty one it
/// hands on a copy that fits, since thousands of them may wait, and keeps the array for the next message.
/// </summary>
internal sealed class MessageBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialSize = 1024;

    /// <summary>
    /// The largest array that is kept for the next message: every subscription has a buffer, and few have large messages often.
    /// </summary>
    private const int MostKept = 4 * 1024;

    private byte[] array = [];
    private int count;

    public int Count => count;

    public ReadOnlySpan<byte> Written => array.AsSpan(0, count);

    public void Advance(int written)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(written, array.Length - count);
        count += written;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(Math.Max(sizeHint, 1));
        return array.AsMemory(count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureFree(Math.Max(sizeHint, 1));
        return array.AsSpan(count);
    }

    /// <summary>Truncates the message to its first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, count);
        count = length;
    }

    /// <summary>Hands the message on and starts anew. The new owner returns the array.</summary>
    public OutboxMessage Detach(MessageFacts facts)
    {
        var length = count;
        count = 0;
        var mostlyEmpty = length <= array.Length / 2;
        if (!mostlyEmpty)
        {
            var full = array;
            array = [];
            return new OutboxMessage(full, length, facts);
        }

        var fitting = BytePool.Rent(length);
        array.AsSpan(0, length).CopyTo(fitting);
        if (array.Length > MostKept)
        {
            BytePool.Return(ref array);
        }

        return new OutboxMessage(fitting, length, facts);
    }

    /// <summary>Drops the message and returns the array.</summary>
    public void Release()
    {
        count = 0;
        BytePool.Return(ref array);
    }

    public void Dispose() => Release();

    private void EnsureFree(int size)
    {
        if (array.Length - count >= size)
        {
            return;
        }

        var larger = BytePool.Rent(Math.Max(Math.Max(InitialSize, array.Length * 2), count + size));
        array.AsSpan(0, count).CopyTo(larger);
        BytePool.Return(ref array);
        array = larger;
    }
}
