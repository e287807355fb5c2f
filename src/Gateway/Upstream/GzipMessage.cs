using System.Buffers.Binary;
using System.IO.Compression;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>Unpacks a message that is compressed with gzip (RFC 1952) into the room that it claims to need, and no further.</summary>
internal static class GzipMessage
{
    /// <summary>Header and trailer without content.</summary>
    private const int SmallestBytes = 18;

    /// <summary>Unpacking takes a core for milliseconds a message: large ones take turns, so that something is left for everyone else.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    private const int LargeBytes = 128 * 1024;

    /// <summary>The size that its trailer claims for what was compressed.</summary>
    /// <exception cref="InvalidDataException">It is no gzip.</exception>
    public static long SizeOf(ReadOnlySpan<byte> packed) =>
        packed.Length >= SmallestBytes
            ? BinaryPrimitives.ReadUInt32LittleEndian(packed[^sizeof(uint)..])
            : throw new InvalidDataException("The message is too short for gzip.");

    /// <summary>Unpacks the message.</summary>
    /// <returns>False if there is more in it than it claims: a bomb.</returns>
    /// <exception cref="InvalidDataException">It is no gzip, or there is less in it.</exception>
    public static async ValueTask<bool> TryUnpackAsync(byte[] packed, Memory<byte> message, CancellationToken stop)
    {
        if (message.Length <= LargeBytes)
        {
            return TryUnpack(packed, message.Span);
        }

        await Turn.WaitAsync(stop);
        try
        {
            return TryUnpack(packed, message.Span);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static bool TryUnpack(byte[] packed, Span<byte> message)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var count = gzip.ReadAtLeast(message, message.Length, throwOnEndOfStream: false);
        Span<byte> more = stackalloc byte[1];
        return count == message.Length
            ? gzip.Read(more) == 0
            : throw new InvalidDataException("There is less in the message than its trailer claims.");
    }
}
