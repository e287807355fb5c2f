using System.Buffers;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>Collects the bytes of one message in a pooled array, which <see cref="Detach"/> hands on without a copy.</summary>
internal sealed class MessageBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialSize = 1024;

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
    public OutboxMessage Detach(LaneMark mark = LaneMark.None)
    {
        var message = new OutboxMessage(array, count, mark);
        array = [];
        count = 0;
        return message;
    }

    public void Dispose() => Detach().Return();

    private void EnsureFree(int size)
    {
        if (array.Length - count >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(InitialSize, array.Length * 2), count + size));
        array.AsSpan(0, count).CopyTo(larger);
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        array = larger;
    }
}
