using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The stream under a WebSocket. The session's writer sends its frames here, past the WebSocket, many in one write. Long writes are passed
/// on in slices, so that <see cref="SendProgress"/> sees a reader move inside one message.
/// </summary>
/// <remarks>
/// The WebSocket's own frames (pongs, keep-alive pings, the close frame) pass through here too, from other threads. The gate keeps writes
/// apart, and nothing follows a close frame.
/// </remarks>
internal sealed class FrameStream(Stream inner) : Stream
{
    private const int CloseOpcode = 8;

    /// <summary>The slice is the unit of progress: smaller than what a moving reader must take in a window.</summary>
    private const int SliceSize = 8 * 1024;

    private readonly SemaphoreSlim gate = new(1, 1);
    private bool isClosed;
    private volatile bool isReading;

    /// <summary>True if the session's writer has something to send. The WebSocket's own pings and pongs don't count as progress.</summary>
    public bool IsWriterBusy { get; set; }

    /// <summary>The observer of the reader's progress; set before the first write.</summary>
    public SendProgress? Progress { get; set; }

    /// <summary>The meter of the client's frames; set before the first read.</summary>
    public FrameMeter? Meter { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes one frame of the WebSocket's own.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            isClosed |= !buffer.IsEmpty && (buffer.Span[0] & 0x0F) == CloseOpcode;
            await SendAsync(buffer, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Writes whole frames, with nothing of the WebSocket's between them.</summary>
    /// <param name="frames">The frames; the last one may go on in <paramref name="rest"/>.</param>
    /// <param name="rest">The rest of the last frame.</param>
    /// <param name="cancellationToken">Gives up the write. The connection is of no use after that.</param>
    /// <exception cref="IOException">The close frame was sent.</exception>
    public async ValueTask WriteFramesAsync(
        ReadOnlyMemory<byte> frames,
        ReadOnlyMemory<byte> rest = default,
        CancellationToken cancellationToken = default
    )
    {
        if (!gate.Wait(0, CancellationToken.None))
        {
            await gate.WaitAsync(cancellationToken);
        }

        try
        {
            if (isClosed)
            {
                throw new IOException("The WebSocket has closed.");
            }

            await SendAsync(frames, cancellationToken);
            await SendAsync(rest, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Reads and drops what the client still sends, until it closes the connection.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        while (await inner.ReadAsync(buffer, cancellationToken) > 0)
        {
            // Nobody wants it.
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        isReading = true;
        Meter?.WantsMore();
        try
        {
            if (Meter is { IsFlooded: true })
            {
                // The WebSocket would go on to answer each ping, as long as the client takes to close.
                await DiscardAsync(cancellationToken);
                return 0;
            }

            var received = await inner.ReadAsync(buffer, cancellationToken);
            Meter?.Received(buffer.Span[..received]);
            return received;
        }
        finally
        {
            isReading = false;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Disposing the server's stream resets the connection, and a close frame that is still on its way is lost with it. The WebSocket
        // disposes after every fault, also one that it has answered with a close frame of its own; only a read that hangs needs the reset.
        if (disposing && isReading)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var slice = buffer[..Math.Min(SliceSize, buffer.Length)];
            var write = inner.WriteAsync(slice, cancellationToken);
            if (!write.IsCompleted && IsWriterBusy)
            {
                Progress?.Waiting();
            }

            await write;
            Progress?.Accepted(slice.Length);
            buffer = buffer[slice.Length..];
        }
    }
}
