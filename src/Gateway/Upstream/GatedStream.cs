using System.Buffers.Binary;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// A gRPC answer as it comes: it reads the five bytes in front of each message, and hands them on when there is memory for what they announce.
/// Compressed messages it unpacks itself, within the limit.
/// </summary>
/// <remarks>
/// Memory counts while a message arrives. Nobody but its backend can hold it up then: messages are read when they are wanted, so a slow client
/// holds none of the budget, and the stream's silence timeout ends a message that doesn't arrive.
/// </remarks>
/// <param name="inner">The answer.</param>
/// <param name="isGzip">True if messages may be compressed with gzip.</param>
/// <param name="budget">The connection's budget.</param>
/// <param name="options">The limits.</param>
internal sealed class GatedStream(Stream inner, bool isGzip, MemoryBudget budget, UpstreamOptions options) : Stream
{
    private const int PrefixBytes = 5;

    /// <summary>What the prefix says of a message that nobody is to read: the client refuses it as too large.</summary>
    private const uint TooLarge = int.MaxValue;

    /// <summary>How many bytes a byte of gzip can become.</summary>
    private const long MostExpansion = 1032;

    private readonly byte[] prefix = new byte[PrefixBytes];
    private readonly Lock gate = new();
    private ReadOnlyMemory<byte> ready;
    private long arriving;
    private IDisposable? held;
    private bool isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (ready.IsEmpty && arriving == 0)
        {
            ready = await BeginMessageAsync(cancellationToken);
        }

        if (!ready.IsEmpty)
        {
            var told = Math.Min(ready.Length, buffer.Length);
            ready[..told].CopyTo(buffer);
            ready = ready[told..];
            if (ready.IsEmpty && arriving == 0)
            {
                Release();
            }

            return told;
        }

        if (arriving == 0)
        {
            return 0;
        }

        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, arriving)], cancellationToken);
        arriving -= read;
        if (arriving == 0 || read == 0)
        {
            Release();
        }

        return read;
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

    /// <returns>The bytes to hand on before those that follow in the answer; empty at its end.</returns>
    private async ValueTask<ReadOnlyMemory<byte>> BeginMessageAsync(CancellationToken stop)
    {
        var read = await inner.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, stop);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (read < PrefixBytes || length > options.MaxMessageBytes)
        {
            return prefix.AsMemory(0, read);
        }

        if (isGzip && prefix[0] == 1)
        {
            return await UnpackAsync((int)length, stop);
        }

        await HoldAsync(length, stop);
        arriving = length;
        return prefix;
    }

    private async ValueTask<ReadOnlyMemory<byte>> UnpackAsync(int length, CancellationToken stop)
    {
        await HoldAsync(length + Math.Min(length * MostExpansion, options.MaxMessageBytes), stop);
        var packed = new byte[length];
        await inner.ReadExactlyAsync(packed, stop);
        var size = GzipMessage.SizeOf(packed);
        if (size > options.MaxMessageBytes)
        {
            return Prefix(TooLarge);
        }

        var message = new byte[PrefixBytes + size];
        if (!await GzipMessage.TryUnpackAsync(packed, message.AsMemory(PrefixBytes), stop))
        {
            return Prefix(TooLarge);
        }

        Prefix((uint)size).CopyTo(message);
        return message;
    }

    /// <summary>The prefix of a message that isn't compressed.</summary>
    private ReadOnlyMemory<byte> Prefix(uint length)
    {
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), length);
        return prefix;
    }

    /// <summary>Waits for memory. What fits into the stream's window doesn't count: the window has counted it.</summary>
    private async ValueTask HoldAsync(long size, CancellationToken stop)
    {
        if (size <= options.StreamWindowBytes)
        {
            return;
        }

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
