using System.Buffers.Binary;
using System.Net.Sockets;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>One HTTP/2 connection of a <see cref="RawBackend"/>.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private const int PrefaceBytes = 24;
    private const int FrameHeaderBytes = 9;
    private const int MaxFrameBytes = 16 * 1024;
    private const byte Ack = 1;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private readonly NetworkStream tcp;
    private readonly int? maxStreams;
    private readonly Func<RawCall, Task> serve;
    private readonly SemaphoreSlim writing = new(1);
    private readonly Dictionary<int, MemoryStream> asking = [];
    private readonly HashSet<int> open = [];
    private readonly Lock gate = new();
    private readonly Task running;

    internal RawConnection(Socket socket, int? maxStreams, Func<RawCall, Task> serve)
    {
        tcp = new NetworkStream(socket, ownsSocket: true);
        this.maxStreams = maxStreams;
        this.serve = serve;
        running = RunAsync();
    }

    private enum Frame : byte
    {
        Data = 0,
        Headers = 1,
        Reset = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        Continuation = 9,
    }

    /// <summary>Takes no streams above this one, and has processed those up to it.</summary>
    public Task GoAwayAsync(int lastStreamId, Http2Error error)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), (int)error);
        return WriteAsync(Frame.GoAway, flags: 0, streamId: 0, payload);
    }

    /// <summary>Cuts the TCP connection.</summary>
    public void Abort() => tcp.Dispose();

    public async ValueTask DisposeAsync()
    {
        Abort();
        await running;
        await tcp.DisposeAsync();
        writing.Dispose();
    }

    internal Task ResetAsync(int streamId, Http2Error error)
    {
        Close(streamId);
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, (int)error);
        return WriteAsync(Frame.Reset, flags: 0, streamId, payload);
    }

    internal async Task HeadersAsync(int streamId, bool isEnd, ReadOnlyMemory<byte> block)
    {
        if (isEnd)
        {
            Close(streamId);
        }

        // More than one frame holds goes on in CONTINUATION frames, with nothing between them.
        await writing.WaitAsync();
        try
        {
            var frame = Frame.Headers;
            var flags = isEnd ? EndStream : (byte)0;
            do
            {
                var part = block[..Math.Min(block.Length, MaxFrameBytes)];
                block = block[part.Length..];
                await tcp.WriteAsync(Encode(frame, (byte)(flags | (block.IsEmpty ? EndHeaders : 0)), streamId, part.Span));
                (frame, flags) = (Frame.Continuation, 0);
            } while (!block.IsEmpty);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection has gone.", e);
        }
        finally
        {
            writing.Release();
        }
    }

    internal async Task DataAsync(int streamId, bool isEnd, ReadOnlyMemory<byte> data)
    {
        if (isEnd)
        {
            Close(streamId);
        }

        do
        {
            var part = data[..Math.Min(data.Length, MaxFrameBytes)];
            data = data[part.Length..];
            await WriteAsync(Frame.Data, isEnd && data.IsEmpty ? EndStream : (byte)0, streamId, part);
        } while (!data.IsEmpty);
    }

    private async Task RunAsync()
    {
        var serving = new List<Task>();
        try
        {
            await tcp.ReadExactlyAsync(new byte[PrefaceBytes]);
            await WriteAsync(Frame.Settings, flags: 0, streamId: 0, Settings());
            var header = new byte[FrameHeaderBytes];
            while (true)
            {
                await tcp.ReadExactlyAsync(header);
                var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                await tcp.ReadExactlyAsync(payload);
                var streamId = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
                if (await TakeAsync((Frame)header[3], header[4], streamId, payload) is { } stream)
                {
                    serving.Add(Task.Run(() => serve(stream)));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The peer has gone, or the test has cut the connection.
        }

        Abort();
        await Task.WhenAll(serving);
    }

    /// <returns>The stream, where this frame completes a request.</returns>
    private async Task<RawCall?> TakeAsync(Frame frame, byte flags, int streamId, byte[] payload)
    {
        switch (frame)
        {
            case Frame.Settings when (flags & Ack) == 0:
                await WriteAsync(Frame.Settings, Ack, streamId: 0, default);
                return null;
            case Frame.Ping when (flags & Ack) == 0:
                await WriteAsync(Frame.Ping, Ack, streamId: 0, payload);
                return null;
            case Frame.Headers when !TryOpen(streamId):
                await ResetAsync(streamId, Http2Error.RefusedStream);
                return null;
            case Frame.Headers:
                asking[streamId] = new MemoryStream();
                return null;
            case Frame.Data when asking.TryGetValue(streamId, out var body):
                body.Write(payload);
                return (flags & EndStream) != 0 && asking.Remove(streamId) ? new RawCall(this, streamId, RequestOf(body)) : null;
            case Frame.Reset:
                asking.Remove(streamId);
                Close(streamId);
                return null;
            default:
                return null;
        }
    }

    /// <summary>The message behind gRPC's prefix of five bytes.</summary>
    private static WatchJobRequest RequestOf(MemoryStream body) => WatchJobRequest.Parser.ParseFrom(body.ToArray().AsSpan(5));

    private byte[] Settings()
    {
        if (maxStreams is not { } max)
        {
            return [];
        }

        const int MaxConcurrentStreams = 3;
        var setting = new byte[6];
        BinaryPrimitives.WriteInt16BigEndian(setting, MaxConcurrentStreams);
        BinaryPrimitives.WriteInt32BigEndian(setting.AsSpan(2), max);
        return setting;
    }

    private bool TryOpen(int streamId)
    {
        lock (gate)
        {
            return (maxStreams is null || open.Count < maxStreams) && open.Add(streamId);
        }
    }

    private void Close(int streamId)
    {
        lock (gate)
        {
            open.Remove(streamId);
        }
    }

    private async Task WriteAsync(Frame frame, byte flags, int streamId, ReadOnlyMemory<byte> payload)
    {
        await writing.WaitAsync();
        try
        {
            await tcp.WriteAsync(Encode(frame, flags, streamId, payload.Span));
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection has gone.", e);
        }
        finally
        {
            writing.Release();
        }
    }

    private static byte[] Encode(Frame frame, byte flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[FrameHeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, payload.Length << 8);
        bytes[3] = (byte)frame;
        bytes[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), streamId);
        payload.CopyTo(bytes.AsSpan(FrameHeaderBytes));
        return bytes;
    }
}
