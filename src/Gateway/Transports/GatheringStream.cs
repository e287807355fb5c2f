using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The stream under a WebSocket. It gathers many small frames into one write while the writer says that more is at hand, and passes long
/// ones on in slices, so that <see cref="SendProgress"/> sees a reader move inside one message.
/// </summary>
/// <remarks>
/// The WebSocket's own frames (pongs, keep-alive pings) pass through here too, from other threads: they are held only as long as the writer
/// is between two messages that are both at hand, and the gate keeps them from meeting the writer's own last word.
/// </remarks>
internal sealed class GatheringStream(Stream inner) : Stream
{
    private const int GatherSize = 64 * 1024;

    /// <summary>The slice is the unit of progress: smaller than what a moving reader must take in a window.</summary>
    private const int SliceSize = 8 * 1024;

    /// <summary>Rented only while something is gathered: an idle socket costs nothing here.</summary>
    private byte[] gathered = [];
    private readonly SemaphoreSlim gate = new(1, 1);
    private int count;
    private volatile bool isReading;

    /// <summary>True if another message follows at once, so that this one may wait for it.</summary>
    public bool MoreFollows { get; set; }

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

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (buffer.Length > GatherSize - count)
            {
                await SendWhatIsGatheredAsync(cancellationToken);
                await SendAsync(buffer, cancellationToken);
            }
            else if (!MoreFollows && count == 0)
            {
                await SendAsync(buffer, cancellationToken);
            }
            else
            {
                await GatherAsync(buffer, cancellationToken);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Sends what was gathered for a message that didn't come after all.</summary>
    public async ValueTask SendGatheredAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await SendWhatIsGatheredAsync(cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    private ValueTask GatherAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (gathered.Length == 0)
        {
            gathered = BytePool.Rent(GatherSize);
        }

        buffer.CopyTo(gathered.AsMemory(count));
        count += buffer.Length;
        return MoreFollows ? ValueTask.CompletedTask : SendWhatIsGatheredAsync(cancellationToken);
    }

    private async ValueTask SendWhatIsGatheredAsync(CancellationToken cancellationToken)
    {
        if (gathered.Length == 0)
        {
            return;
        }

        var (full, length) = (gathered, count);
        (gathered, count) = ([], 0);
        try
        {
            await SendAsync(full.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            BytePool.Return(ref full);
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
