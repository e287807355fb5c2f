using System.Collections.Frozen;

namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>Cuts a text into the words that are compared.</summary>
internal static class Tokenizer
{
    private const string Number = "<number>";
    private const int PieceLength = 4;

    private static readonly FrozenSet<string> StopWords = (
        "a an and are at be but by can could do does for from had has have how i i'd i'm if in is it it's its me my of on or our "
        + "please so that the there this to was we what when where which why will with would you your"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // The longest first: "deliveries" loses "ies", not "s".
    private static readonly string[] Suffixes = ["ing", "ies", "ed", "es", "s", "y"];

    public static IEnumerable<string> Words(string text, Normalisation normalisation)
    {
        foreach (var raw in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var word = Normalise(raw, normalisation);
            var dropped = normalisation.HasFlag(Normalisation.DropStopWords) && StopWords.Contains(word);
            if (word.Length == 0 || dropped)
            {
                continue;
            }

            yield return word;
            if (normalisation.HasFlag(Normalisation.WordPieces))
            {
                foreach (var piece in Pieces(word))
                {
                    yield return piece;
                }
            }
        }
    }

    // Marked at both ends, so that a beginning is compared with beginnings.
    private static IEnumerable<string> Pieces(string word)
    {
        var marked = $"^{word}$";
        for (var start = 0; start + PieceLength <= marked.Length; start++)
        {
            yield return marked.Substring(start, PieceLength);
        }
    }

    private static string Normalise(string word, Normalisation normalisation)
    {
        if (normalisation.HasFlag(Normalisation.StripPunctuation))
        {
            word = word.Trim('.', ',', '?', '!', '"', '\'', '(', ')', '&', ':', ';');
        }

        if (normalisation.HasFlag(Normalisation.Lowercase))
        {
            word = word.ToLowerInvariant();
        }

        if (normalisation.HasFlag(Normalisation.MaskNumbers) && word.Any(char.IsAsciiDigit))
        {
            return Number;
        }

        return normalisation.HasFlag(Normalisation.StripSuffixes) ? Stem(word) : word;
    }

    private static string Stem(string word)
    {
        const int shortestStem = 3;
        var suffix = Array.Find(
            Suffixes,
            s => word.Length >= shortestStem + s.Length && word.EndsWith(s, StringComparison.OrdinalIgnoreCase)
        );
        return suffix is null ? word : word[..^suffix.Length];
    }
}
