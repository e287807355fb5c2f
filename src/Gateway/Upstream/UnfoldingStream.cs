namespace OptimizationGateway.Gateway.Upstream;

/// <summary>Reads a compressed message until it is over or has grown too large.</summary>
internal sealed class UnfoldingStream(Stream compressed, int maxBytes) : Stream
{
    private long unfolded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => unfolded;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="UnreadableMessageException">What there is makes no message.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = compressed.Read(buffer);
            unfolded += read;
            return unfolded <= maxBytes ? read : throw new UnreadableMessageException("It unfolds to more than is allowed.");
        }
        catch (InvalidDataException damage)
        {
            throw new UnreadableMessageException("It is damaged.", damage);
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }
}
