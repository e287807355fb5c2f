using System.Buffers.Binary;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>
/// Tells the server of a smaller window for each stream than .NET, whose least is 64 KiB: a job of small events would never fill that, and a reader
/// that is stuck wouldn't be noticed. The client gives back what it has read in eighths of 64 KiB, so a window above that can't run dry.
/// </summary>
internal sealed class NarrowStream(Stream inner) : Stream
{
    private const int Window = 10 * 1024;
    private const int Preface = 24;
    private const int FrameHeader = 9;
    private const int Setting = 6;
    private const byte SettingsFrame = 4;
    private const ushort InitialWindowSize = 4;

    private bool hasBegun;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(Narrowed(buffer.AsMemory(offset, count)).Span);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(Narrowed(buffer), cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

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

    /// <summary>The first write has the preface and the settings (RFC 9113, 3.4 and 6.5).</summary>
    private ReadOnlyMemory<byte> Narrowed(ReadOnlyMemory<byte> buffer)
    {
        if (hasBegun || buffer.Length < Preface + FrameHeader || buffer.Span[Preface + 3] != SettingsFrame)
        {
            return buffer;
        }

        hasBegun = true;
        var bytes = buffer.ToArray();
        var length = (bytes[Preface] << 16) | (bytes[Preface + 1] << 8) | bytes[Preface + 2];
        for (var at = Preface + FrameHeader; at + Setting <= Math.Min(bytes.Length, Preface + FrameHeader + length); at += Setting)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at)) == InitialWindowSize)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 2), Window);
            }
        }

        return bytes;
    }
}
