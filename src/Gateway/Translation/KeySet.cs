using System.Runtime.CompilerServices;
using System.Text;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Tells whether a key occurs again in an object.</summary>
/// <param name="isExact">
/// False if the set may take a new key for a repeated one: it then keeps hashes, and of few keys without an allocation.
/// </param>
internal ref struct KeySet(bool isExact)
{
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
        return many.Add(hash);
    }

    [InlineArray(Length)]
    private struct FewHashes
    {
        public const int Length = 16;

        private int first;
    }
}
