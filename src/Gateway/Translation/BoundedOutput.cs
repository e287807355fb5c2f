using System.Buffers;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Passes bytes on to another writer, up to a limit.</summary>
internal sealed class BoundedOutput : IBufferWriter<byte>
{
    private IBufferWriter<byte>? output;
    private long left;

    /// <summary>Sets the writer that gets the next bytes, and their limit.</summary>
    public BoundedOutput To(IBufferWriter<byte> next, long limit)
    {
        (output, left) = (next, limit);
        return this;
    }

    /// <exception cref="TooLargeException">The bytes exceed the limit.</exception>
    public void Advance(int count)
    {
        left -= count;
        if (left < 0)
        {
            throw new TooLargeException();
        }

        output!.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => output!.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => output!.GetSpan(sizeHint);

    /// <summary>The exception that ends the writing of a text that is too large.</summary>
    public sealed class TooLargeException : Exception;
}
