using System.Runtime.CompilerServices;
using System.Text;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Tells whether a key occurs again in an object.</summary>
/// <param name="isExact">
/// False if the set may take a new key for a repeated one. It then keeps hashes of few keys alone, so it needs little memory.
/// </param>
internal ref struct KeySet(bool isExact)
{
    private const int MaxHashes = 4096;

    private FewHashes few;
    private HashSet<int>? many;
    private HashSet<string>? exact;
    private int count;

    /// <returns>False if the set has the key.</returns>
    public bool TryAdd(ReadOnlySpan<byte> key)
    {
        if (isExact)
        {
            exact ??= new HashSet<string>(StringComparer.Ordinal);
            return exact.Add(Encoding.Latin1.GetString(key));
        }

        // The seed is the process's own, so a backend can't choose keys that have the same hash.
        var hashCode = new HashCode();
        hashCode.AddBytes(key);
        var hash = hashCode.ToHashCode();
        if (count < FewHashes.Length)
        {
            Span<int> hashes = few;
            var isNew = !hashes[..count].Contains(hash);
            hashes[count++] = hash;
            return isNew;
        }

        many ??= [.. (ReadOnlySpan<int>)few];
        return count++ < MaxHashes && many.Add(hash);
    }

    [InlineArray(Length)]
    private struct FewHashes
    {
        public const int Length = 16;

        private int first;
    }
}
