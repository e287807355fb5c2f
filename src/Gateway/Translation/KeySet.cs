using System.Runtime.CompilerServices;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Tells whether a key occurs again in an object. It keeps hashes, so it may take a new key for a repeated one. The generated classes
/// then find that it isn't.
/// </summary>
internal ref struct KeySet
{
    /// <summary>The most keys. Objects that have more are rare, and a set of them takes memory.</summary>
    private const int MaxKeys = 4096;

    private FewHashes few;
    private HashSet<int>? many;
    private int count;

    /// <returns>False if the set has the key, or seems to, or is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> key)
    {
        // Its seed is the process's own, so a backend can't choose keys that have one hash.
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
        return count++ < MaxKeys && many.Add(hash);
    }

    [InlineArray(Length)]
    private struct FewHashes
    {
        public const int Length = 16;

        private int first;
    }
}
