using System.Buffers;

namespace OptimizationGateway.Gateway.Buffers;

/// <summary>
/// The shared pool of byte arrays. An array that is returned twice gets two owners, and one client gets the other's bytes. So <see
/// cref="Return"/> takes the owner's reference away first. Debug builds overwrite returned arrays, so that a late reader shows in
/// tests.
/// </summary>
internal static class BytePool
{
    /// <summary>The byte that returned arrays are full of in debug builds: no UTF-8, no JSON and no frame that a server sends.</summary>
    public const byte Poison = 0xFD;

    /// <returns>An array of at least <paramref name="length"/> bytes; its content is anything.</returns>
    public static byte[] Rent(int length) => ArrayPool<byte>.Shared.Rent(length);

    /// <summary>Returns the array, and leaves its owner with an empty one.</summary>
    public static void Return(ref byte[] array)
    {
        var returned = Interlocked.Exchange(ref array, []);
        if (returned.Length == 0)
        {
            return;
        }

#if DEBUG
        returned.AsSpan().Fill(Poison);
#endif
        ArrayPool<byte>.Shared.Return(returned);
    }
}
