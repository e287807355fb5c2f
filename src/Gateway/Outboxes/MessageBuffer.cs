using System.Buffers;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// Collects the bytes of one message in a pooled array. <see cref="Detach"/> hands a full one on as it is; of one that is mostly empty it
/// hands on a copy that fits, since thousands of them may wait, and keeps the array for the next message.
/// </summary>
internal sealed class MessageBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialSize = 1024;

    /// <summary>A larger array isn't kept: every subscription has a buffer, and most have nothing large to say again.</summary>
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

    /// <summary>Forgets what was written after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, count);
        count = length;
    }

    /// <summary>Hands the message on and starts anew; whoever gets it returns the array.</summary>
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

    /// <summary>Forgets what was written and gives the array back.</summary>
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
