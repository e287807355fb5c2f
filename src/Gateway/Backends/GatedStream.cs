using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The body of a gRPC answer. It holds back the five bytes in front of a message until there is memory for the message that they announce,
/// decompresses messages itself, within the limit, and makes one of small messages that have arrived together.
/// </summary>
/// <remarks>
/// A message counts while it arrives. In that time only its backend can delay it: a message is read when it is wanted, so a slow client holds
/// nothing of the budget, and the stream's silence timeout ends a message that doesn't arrive. Streams wait for their next message without
/// allocating: the pooled builders keep what an asynchronous read needs. A read that is unfinished when the stream is disposed never completes:
/// nobody waits for it, and its exception would be thrown anew by each method of the client library on the way, which took more than a third
/// of what a viewer's whole visit costs.
/// </remarks>
/// <param name="inner">The answer's body.</param>
/// <param name="isGzip">True if messages may be compressed with gzip.</param>
/// <param name="budget">The connection's budget.</param>
/// <param name="options">The limits.</param>
/// <param name="batch">Makes one of small messages, for a reader who knows; null where each message goes on as it is.</param>
internal sealed class GatedStream(Stream inner, bool isGzip, ArrivalBudget budget, UpstreamOptions options, MessageBatch? batch = null)
    : Stream
{
    private const int PrefixBytes = MessageBatch.PrefixBytes;

    /// <summary>The announced length of a message that is refused. The gRPC client then ends the call, because the message is too large.</summary>
    private const uint TooLarge = int.MaxValue;

    private readonly byte[] prefix = new byte[PrefixBytes];
    private readonly Lock gate = new();

    /// <summary>The bytes to hand on before those that follow in the body: a prefix, or a message that was compressed.</summary>
    private ReadOnlyMemory<byte> ready;

    /// <summary>The number of bytes of the current message that are still to be read from the body.</summary>
    private long arriving;

    /// <summary>The current message's part of the budget.</summary>
    private IDisposable? held;
    private volatile bool isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        try
        {
            if (ready.IsEmpty && arriving == 0)
            {
                ready = await BeginMessageAsync(cancellationToken);
            }

            int count;
            if (ready.IsEmpty && arriving > 0)
            {
                count = await ReadOnAsync(buffer[..(int)Math.Min(buffer.Length, arriving)], cancellationToken);
                arriving -= count;
            }
            else
            {
                count = Math.Min(ready.Length, buffer.Length);
                ready[..count].CopyTo(buffer);
                ready = ready[count..];
            }

            if (ready.IsEmpty && arriving == 0)
            {
                batch?.Release();
                Release();
            }

            return count;
        }
        catch (Exception) when (isDisposed)
        {
            // A task of its own: whoever waits for a shared one is never forgotten.
            await new TaskCompletionSource().Task;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (gate)
            {
                isDisposed = true;
            }

            Release();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads a prefix, and waits for the memory that its message needs.</summary>
    /// <returns>The bytes to hand on before those that follow in the body; empty at its end.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> BeginMessageAsync(CancellationToken stop)
    {
        var filled = 0;
        while (filled < PrefixBytes)
        {
            var read = await ReadOnAsync(prefix.AsMemory(filled), stop);
            if (read == 0)
            {
                return prefix.AsMemory(0, filled);
            }

            filled += read;
        }

        if (batch is not null && MessageBatch.Takes(prefix))
        {
            return await GatherAsync(batch, stop);
        }

        var length = MessageBatch.LengthIn(prefix);
        if (length > options.MaxMessageBytes)
        {
            return prefix;
        }

        if (isGzip && prefix[0] == 1)
        {
            return await DecompressAsync((int)length, stop);
        }

        if (IsLarge(length))
        {
            await HoldAsync(length, stop);
        }

        arriving = length;
        return prefix;
    }

    /// <summary>Reads a small message, and all small ones that have arrived with it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> GatherAsync(MessageBatch messages, CancellationToken stop)
    {
        messages.Begin(prefix);
        while (!messages.HasMessage)
        {
            var read = await inner.ReadAsync(messages.Room, stop);
            if (read == 0)
            {
                return messages.HandOnRest();
            }

            messages.Arrived(read);
        }

        return messages.HandOn();
    }

    /// <summary>Reads what has arrived with earlier messages, then the body.</summary>
    private ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken stop) =>
        batch?.Take(buffer.Span) is { } taken and > 0 ? ValueTask.FromResult(taken) : inner.ReadAsync(buffer, stop);

    /// <summary>Reads a compressed message, and returns it decompressed, with its prefix.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> DecompressAsync(int length, CancellationToken stop)
    {
        // A large message takes the most that it can need, once: if streams held a part and waited for the rest, all could wait for ever.
        if (IsLarge(length))
        {
            await HoldAsync(length + (long)options.MaxMessageBytes, stop);
        }

        var compressed = new byte[length];
        await inner.ReadExactlyAsync(compressed.AsMemory(batch?.Take(compressed) ?? 0), stop);
        var size = GzipMessage.SizeOf(compressed);
        if (size > options.MaxMessageBytes)
        {
            return Prefix(TooLarge);
        }

        if (size > length * GzipMessage.MostExpansion)
        {
            throw new InvalidDataException("The message's trailer claims more than gzip can hold.");
        }

        if (IsLarge(size) && !IsLarge(length))
        {
            await HoldAsync(size, stop);
        }

        var message = new byte[PrefixBytes + size];
        if (!await GzipMessage.TryDecompressAsync(compressed, message.AsMemory(PrefixBytes), stop))
        {
            return Prefix(TooLarge);
        }

        Prefix((uint)size).CopyTo(message);
        return message;
    }

    /// <summary>Returns the prefix of a message that isn't compressed.</summary>
    private ReadOnlyMemory<byte> Prefix(uint length)
    {
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), length);
        return prefix;
    }

    /// <summary>True if the budget counts so many bytes. Fewer are bounded by the stream's window.</summary>
    private bool IsLarge(long size) => size > options.StreamWindowBytes;

    private async ValueTask HoldAsync(long size, CancellationToken stop)
    {
        var taken = await budget.TakeAsync(size, stop);
        lock (gate)
        {
            if (!isDisposed)
            {
                held = taken;
                return;
            }
        }

        taken.Dispose();
        throw new ObjectDisposedException(nameof(GatedStream));
    }

    private void Release() => Interlocked.Exchange(ref held, null)?.Dispose();
}
