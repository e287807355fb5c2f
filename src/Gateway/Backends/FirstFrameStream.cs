namespace OptimizationGateway.Gateway.Backends;

/// <summary>Passes a connection's bytes on, and shows the first frame that the peer sends.</summary>
/// <param name="inner">The connection.</param>
/// <param name="headerBytes">The size of a frame's header.</param>
/// <param name="lengthOf">Tells the length of the whole frame from its header; 0 if it is of no interest.</param>
/// <param name="show">Gets the frame.</param>
internal sealed class FirstFrameStream(
    Stream inner,
    int headerBytes,
    FirstFrameStream.LengthReader lengthOf,
    FirstFrameStream.FrameReader show
) : Stream
{
    /// <summary>Larger first frames aren't collected; the settings have at most some dozens of bytes.</summary>
    private const int MaxFrameBytes = 1024;

    private byte[]? frame = new byte[headerBytes];
    private int filled;

    public delegate int LengthReader(ReadOnlySpan<byte> header);

    public delegate void FrameReader(ReadOnlySpan<byte> frame);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Collect(buffer.AsSpan(offset, read));
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        frame is null || buffer.IsEmpty ? inner.ReadAsync(buffer, cancellationToken) : CollectAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> CollectAsync(Memory<byte> buffer, CancellationToken stop)
    {
        var read = await inner.ReadAsync(buffer, stop);
        Collect(buffer.Span[..read]);
        return read;
    }

    private void Collect(ReadOnlySpan<byte> bytes)
    {
        while (frame is not null && !bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, frame.Length - filled);
            bytes[..taken].CopyTo(frame.AsSpan(filled));
            bytes = bytes[taken..];
            filled += taken;
            if (filled == frame.Length)
            {
                TakeFilled();
            }
        }
    }

    private void TakeFilled()
    {
        var length = lengthOf(frame);
        if (length > filled && length <= MaxFrameBytes)
        {
            Array.Resize(ref frame, length);
            return;
        }

        if (length == filled)
        {
            show(frame);
        }

        frame = null;
    }
}
