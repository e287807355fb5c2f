using System.Buffers.Binary;
using OptimizationGateway.Gateway.Buffers;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>
/// Makes one message of the small messages of a stream that have arrived together: what the gRPC client does for each is a fifth of the cost of
/// a live event, however small it is. A batch is the messages with their prefixes. Its first byte is 0, which no protobuf message begins with.
/// </summary>
/// <remarks>
/// It never waits for a second message. Its memory is rented while something is in it; what is in it when its stream is disposed is left to the
/// collector, since a read may still write there.
/// </remarks>
internal sealed class MessageBatch
{
    /// <summary>The bytes in front of each message of a gRPC stream: whether it is compressed, and its length.</summary>
    public const int PrefixBytes = 5;

    /// <summary>The memory of a batch, in bytes: some dozens of events of the usual size.</summary>
    private const int Capacity = 8 * 1024;

    private byte[] bytes = [];

    /// <summary>The place of the bytes that have arrived and aren't handed on.</summary>
    private int start;
    private int end;

    /// <summary>True if nothing has arrived that isn't handed on.</summary>
    public bool IsEmpty => start == end;

    /// <summary>The room for what arrives next.</summary>
    public Memory<byte> Room => bytes.AsMemory(end);

    /// <summary>True if the first message has arrived whole.</summary>
    public bool HasMessage => EndOfMessage(start) > 0;

    /// <summary>Returns true if a message with this prefix can be part of a batch: it is small and not compressed.</summary>
    public static bool Takes(ReadOnlySpan<byte> prefix) => prefix[0] == 0 && LengthIn(prefix) <= Capacity - (2 * PrefixBytes);

    /// <summary>Returns the length of the message behind a prefix.</summary>
    public static uint LengthIn(ReadOnlySpan<byte> prefix) => BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);

    /// <summary>Takes out bytes that have arrived after the messages that were handed on.</summary>
    /// <returns>Their number; 0 if there are none.</returns>
    public int Take(Span<byte> into)
    {
        var count = Math.Min(into.Length, end - start);
        bytes.AsSpan(start, count).CopyTo(into);
        start += count;
        return count;
    }

    /// <summary>Begins with a message whose prefix has been taken out.</summary>
    public void Begin(ReadOnlySpan<byte> prefix)
    {
        if (bytes.Length == 0)
        {
            bytes = BytePool.Rent(Capacity);
        }

        // The batch's own prefix comes first.
        bytes.AsSpan(start, end - start).CopyTo(bytes.AsSpan(2 * PrefixBytes));
        (start, end) = (PrefixBytes, (2 * PrefixBytes) + end - start);
        prefix.CopyTo(bytes.AsSpan(start));
    }

    /// <summary>Counts bytes that have arrived in <see cref="Room"/>.</summary>
    public void Arrived(int count) => end += count;

    /// <summary>Hands on all messages that are there whole, as one, with its prefix.</summary>
    /// <returns>The bytes, which are good until the next call of <see cref="Begin"/> or <see cref="Release"/>.</returns>
    public ReadOnlyMemory<byte> HandOn()
    {
        var first = start;
        for (var next = EndOfMessage(start); next > 0; next = EndOfMessage(start))
        {
            start = next;
        }

        var prefix = bytes.AsSpan(first - PrefixBytes, PrefixBytes);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], start - first);
        return bytes.AsMemory(first - PrefixBytes, PrefixBytes + start - first);
    }

    /// <summary>Hands on what there is as it is, since the stream has ended in the middle of a message.</summary>
    public ReadOnlyMemory<byte> HandOnRest()
    {
        var rest = bytes.AsMemory(start, end - start);
        start = end;
        return rest;
    }

    /// <summary>Gives the memory back if nothing is in it.</summary>
    public void Release()
    {
        if (IsEmpty)
        {
            (start, end) = (0, 0);
            BytePool.Return(ref bytes);
        }
    }

    /// <summary>Returns the end of a small message that has arrived whole; 0 if there is none.</summary>
    private int EndOfMessage(int from)
    {
        if (end - from < PrefixBytes || !Takes(bytes.AsSpan(from, PrefixBytes)))
        {
            return 0;
        }

        var messageEnd = from + PrefixBytes + (int)LengthIn(bytes.AsSpan(from, PrefixBytes));
        return messageEnd <= end ? messageEnd : 0;
    }
}
