using System.Buffers;
using System.Runtime.CompilerServices;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Reads a body in few reads, and ends quietly. With a small message it takes whatever has arrived behind it, up to <see cref="Ahead"/>: the
/// gRPC client asks for each message in two reads, and each of them would cost a lock that the connection's own reader wants as well.
/// </summary>
/// <remarks>
/// It waits for a message's first bytes without a buffer, so that a silent stream holds none. A read that is unfinished when the body is left
/// never completes: nobody waits for it, and its exception would be thrown anew by each method of the client library on the way, which took
/// more than a third of what a viewer's whole visit costs.
/// </remarks>
/// <param name="inner">The body.</param>
internal sealed class BodyReader(Stream inner)
{
    /// <summary>The most bytes that are read ahead: what one HTTP/2 frame holds unless both ends agreed on more (RFC 9113, 4.2).</summary>
    public const int Ahead = 16 * 1024;

    /// <summary>Null as long as nothing was read ahead. Only the reader gives it back: after the end a read may still write to it.</summary>
    private byte[]? buffer;
    private int start;
    private int end;
    private volatile bool isLeft;

    /// <summary>Ends the body's stream, and with it the call. Can be called from any thread, and twice.</summary>
    public void Leave()
    {
        isLeft = true;
        inner.Dispose();
    }

    /// <summary>Reads what was read ahead, or from the body.</summary>
    /// <returns>The number of bytes; 0 at the body's end.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken stop) =>
        buffer is null ? FromBodyAsync(target, stop) : ValueTask.FromResult(Take(target));

    /// <summary>The same, but reads more than is wanted if more is there.</summary>
    public ValueTask<int> ReadBurstAsync(Memory<byte> target, CancellationToken stop) =>
        buffer is null && target.Length < Ahead ? FillAsync(target, stop) : ReadAsync(target, stop);

    /// <summary>Fills the target.</summary>
    /// <exception cref="EndOfStreamException">The body ended before.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> target, CancellationToken stop)
    {
        while (!target.IsEmpty)
        {
            var count = await ReadAsync(target, stop);
            target = target[(count > 0 ? count : throw new EndOfStreamException())..];
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(Memory<byte> target, CancellationToken stop)
    {
        var filled = ArrayPool<byte>.Shared.Rent(Ahead);
        var count = await FromBodyAsync(filled, stop);
        (buffer, start, end) = (filled, 0, count);
        return Take(target);
    }

    private int Take(Memory<byte> target)
    {
        var count = Math.Min(end - start, target.Length);
        buffer.AsSpan(start, count).CopyTo(target.Span);
        start += count;
        if (start == end)
        {
            ArrayPool<byte>.Shared.Return(buffer!);
            buffer = null;
        }

        return count;
    }

    private ValueTask<int> FromBodyAsync(Memory<byte> target, CancellationToken stop)
    {
        var read = inner.ReadAsync(target, stop);
        return read.IsCompletedSuccessfully ? read : UnlessLeftAsync(read.AsTask());
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> UnlessLeftAsync(Task<int> read)
    {
        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isLeft && !read.IsCompletedSuccessfully)
        {
            // A task of its own: whoever waits for a shared one is never forgotten.
            await new TaskCompletionSource().Task;
        }

        return await read;
    }
}
