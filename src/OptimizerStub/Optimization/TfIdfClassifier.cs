namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>
/// Stands in for the language model: lets the prompt's examples vote on a text, each by the cosine of its TF-IDF
/// vector with the text's, so that the nearest count most. It is deterministic, and it gains from a better prompt much as a real model does.
/// </summary>
internal sealed class TfIdfClassifier
{
    private readonly string[] _labels;
    private readonly int[] _labelOf;
    private readonly Dictionary<string, double> _rarity;
    private readonly Dictionary<string, List<(int Example, double Weight)>> _index = new(StringComparer.Ordinal);

    public TfIdfClassifier(IReadOnlyList<(string Label, string[] Words)> examples)
    {
        _labels = [.. examples.Select(example => example.Label).Distinct(StringComparer.Ordinal)];
        _labelOf = [.. examples.Select(example => Array.IndexOf(_labels, example.Label))];
        _rarity = examples
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
        var votes = new double[_labels.Length];
        foreach (var word in words)
        {
            if (!_index.TryGetValue(word, out var postings))
            {
                continue;
            }

            var rarity = _rarity[word];
            foreach (var (example, weight) in postings)
            {
                votes[_labelOf[example]] += weight * rarity;
            }
        }

        // A tie goes to the label that the prompt shows first: the order of examples matters, as it does to real models.
        return _labels[Array.IndexOf(votes, votes.Max())];
    }

    private void Index(int example, string[] words)
    {
        var counts = words.CountBy(word => word, StringComparer.Ordinal).ToArray();
        var length = Math.Sqrt(counts.Sum(word => Math.Pow(word.Value * _rarity[word.Key], 2)));
        foreach (var (word, count) in counts)
        {
            if (!_index.TryGetValue(word, out var postings))
            {
                _index[word] = postings = [];
            }

            postings.Add((example, count * _rarity[word] / length));
        }
    }
}
