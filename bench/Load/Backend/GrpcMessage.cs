using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Load.Backend;

/// <summary>Messages of a stream with gRPC's prefix: a zero, for not compressed, and the length.</summary>
internal static class GrpcMessage
{
    public const int PrefixBytes = 5;

    private const int MostEvents = 500;
    private const int MostBatchBytes = 1024 * 1024;

    public static byte[] Of(WatchJobResponse message)
    {
        var bytes = new byte[PrefixBytes + message.CalculateSize()];
        WritePrefix(bytes);
        message.WriteTo(bytes.AsSpan(PrefixBytes));
        return bytes;
    }

    public static byte[] OfEvent(EventContent content, long id)
    {
        var bytes = new byte[PrefixBytes + content.MostBytes];
        return bytes[..WriteEvent(bytes, content, id)];
    }

    /// <summary>Writes a live event.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int WriteEvent(Span<byte> target, EventContent content, long id)
    {
        var length = PrefixBytes + content.Write(target[PrefixBytes..], WatchJobResponse.EventFieldNumber, id);
        WritePrefix(target[..length]);
        return length;
    }

    /// <summary>Writes one batch of history, as large as the contract allows, but not beyond <paramref name="last"/>.</summary>
    /// <returns>The id of the last event written.</returns>
    public static long WriteReplay(IBufferWriter<byte> output, EventContent content, long first, long last)
    {
        var count = (int)Math.Min(last - first + 1, Math.Clamp(MostBatchBytes / content.MostBytes, 1, MostEvents));
        var events = ArrayPool<byte>.Shared.Rent((count * content.MostBytes) + 2);
        var length = 0;
        for (var i = 0; i < count; i++)
        {
            length += content.Write(events.AsSpan(length), Replay.EventsFieldNumber, first + i);
        }

        if (first + count <= last)
        {
            events[length++] = Replay.HasMoreFieldNumber << 3;
            events[length++] = 1;
        }

        Span<byte> head = stackalloc byte[PrefixBytes + 11];
        head[PrefixBytes] = (WatchJobResponse.ReplayFieldNumber << 3) | 2;
        var headLength = PrefixBytes + 1 + EventContent.WriteVarint(head[(PrefixBytes + 1)..], length);
        WritePrefix(head, headLength - PrefixBytes + length);
        output.Write(head[..headLength]);
        output.Write(events.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(events);
        return first + count - 1;
    }

    private static void WritePrefix(Span<byte> message) => WritePrefix(message, message.Length - PrefixBytes);

    private static void WritePrefix(Span<byte> message, int length)
    {
        message[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(message[1..], length);
    }
}
