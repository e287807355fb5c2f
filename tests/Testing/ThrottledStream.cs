using System.Diagnostics;

namespace OptimizationGateway.Testing;

/// <summary>A connection over which so many bytes a second can be read: what isn't read waits in the kernel, and then at the sender.</summary>
internal sealed class ThrottledStream(Stream inner, int bytesPerSecond) : Stream
{
    /// <summary>Read in small sips, as a slow link delivers.</summary>
    private static readonly TimeSpan Sip = TimeSpan.FromMilliseconds(100);

    /// <summary>What a busy machine makes it miss is made up for, or the pace would be a slower one than it says.</summary>
    private static readonly TimeSpan MadeUpFor = TimeSpan.FromSeconds(5);

    private readonly Stopwatch elapsed = Stopwatch.StartNew();
    private long allowedUntil;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = Math.Max(1, (int)(bytesPerSecond * Sip.TotalSeconds));
        var wait = allowedUntil - elapsed.ElapsedMilliseconds;
        if (wait > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait), cancellationToken);
        }

        var read = await inner.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
        var earliest = elapsed.ElapsedMilliseconds - (long)MadeUpFor.TotalMilliseconds;
        allowedUntil = Math.Max(allowedUntil, earliest) + (1000L * read / bytesPerSecond);
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
