namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>
/// Stands in for the language model: lets the prompt's examples vote on a text, each by the cosine of its TF-IDF
/// vector with the text's, so that the nearest count most. It is deterministic, and it gains from a better prompt much as a real model does.
/// </summary>
internal sealed class TfIdfClassifier
{
    private readonly string[] labels;
    private readonly int[] labelOf;
    private readonly Dictionary<string, double> rarity;
    private readonly Dictionary<string, List<(int Example, double Weight)>> index = new(StringComparer.Ordinal);

    public TfIdfClassifier(IReadOnlyList<(string Label, string[] Words)> examples)
    {
        labels = [.. examples.Select(example => example.Label).Distinct(StringComparer.Ordinal)];
        labelOf = [.. examples.Select(example => Array.IndexOf(labels, example.Label))];
        rarity = examples
            .SelectMany(example => example.Words.Distinct(StringComparer.Ordinal))
            .CountBy(word => word, StringComparer.Ordinal)
            .ToDictionary(word => word.Key, word => 1 + Math.Log((1.0 + examples.Count) / (1 + word.Value)), StringComparer.Ordinal);

        for (var example = 0; example < examples.Count; example++)
        {
            Index(example, examples[example].Words);
        }
    }

    public string Classify(string[] words)
    {
        // The text's own length would scale every vote alike, so it is left out.
        var votes = new double[labels.Length];
        foreach (var word in words)
        {
            if (!index.TryGetValue(word, out var postings))
            {
                continue;
            }

            var wordRarity = rarity[word];
            foreach (var (example, weight) in postings)
            {
                votes[labelOf[example]] += weight * wordRarity;
            }
        }

        // A tie goes to the label that the prompt shows first: the order of examples matters, as it does to real models.
        return labels[Array.IndexOf(votes, votes.Max())];
    }

    private void Index(int example, string[] words)
    {
        var counts = words.CountBy(word => word, StringComparer.Ordinal).ToArray();
        var length = Math.Sqrt(counts.Sum(word => Math.Pow(word.Value * rarity[word.Key], 2)));
        foreach (var (word, count) in counts)
        {
            if (!index.TryGetValue(word, out var postings))
            {
                index[word] = postings = [];
            }

            postings.Add((example, count * rarity[word] / length));
        }
    }
}
