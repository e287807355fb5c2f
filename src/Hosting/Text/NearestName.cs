namespace OptimizationGateway.Hosting.Text;

/// <summary>Finds the known name that a misspelt one is nearest to.</summary>
public static class NearestName
{
    /// <returns>The known name that takes the fewest changes of a letter, at most one in three; null if none is near.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var (nearest, distance) = known
            .Select(candidate => (candidate, Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Max(name.Length, nearest.Length) / 3 ? nearest : null;
    }

    /// <summary>Levenshtein's, a row at a time.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var replaced = diagonal + (one[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
