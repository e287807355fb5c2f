using System.Buffers.Binary;
using System.IO.Compression;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>Decompresses a message that is compressed with gzip (RFC 1952), up to the size that its trailer claims.</summary>
internal static class GzipMessage
{
    /// <summary>The most bytes that one byte of gzip can become.</summary>
    public const long MostExpansion = 1032;

    /// <summary>The size of a header and a trailer without content.</summary>
    private const int SmallestBytes = 18;

    private const int LargeBytes = 128 * 1024;

    /// <summary>The turn to decompress a large message. It takes a core for milliseconds; with turns, the other cores are left to everything else.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    /// <summary>Returns the size that the trailer claims for the decompressed message.</summary>
    /// <exception cref="InvalidDataException">The message is no gzip.</exception>
    public static long SizeOf(ReadOnlySpan<byte> compressed) =>
        compressed.Length >= SmallestBytes
            ? BinaryPrimitives.ReadUInt32LittleEndian(compressed[^sizeof(uint)..])
            : throw new InvalidDataException("The message is too short for gzip.");

    /// <summary>Decompresses the message.</summary>
    /// <param name="compressed">The message.</param>
    /// <param name="message">The destination, of the size that the trailer claims.</param>
    /// <param name="stop">Ends the wait for the turn.</param>
    /// <returns>False if the message is larger than it claims: a bomb.</returns>
    /// <exception cref="InvalidDataException">The message is no gzip, or is smaller than it claims.</exception>
    public static async ValueTask<bool> TryDecompressAsync(byte[] compressed, Memory<byte> message, CancellationToken stop)
    {
        if (message.Length <= LargeBytes)
        {
            return TryDecompress(compressed, message.Span);
        }

        await Turn.WaitAsync(stop);
        try
        {
            return TryDecompress(compressed, message.Span);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static bool TryDecompress(byte[] compressed, Span<byte> message)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var count = gzip.ReadAtLeast(message, message.Length, throwOnEndOfStream: false);
        Span<byte> more = stackalloc byte[1];
        return count == message.Length
            ? gzip.Read(more) == 0
            : throw new InvalidDataException("The message is smaller than its trailer claims.");
    }
}
