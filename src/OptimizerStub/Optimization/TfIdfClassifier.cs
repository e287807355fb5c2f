namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>
/// Stands in for the language model: gives a text the label of the prompt's nearest example, by the cosine of their
/// TF-IDF vectors. It is deterministic, and it gains from a better prompt much as a real model does.
/// </summary>
internal sealed class TfIdfClassifier
{
    private readonly IReadOnlyList<LabelledText> _examples;
    private readonly Normalisation _normalisation;
    private readonly Dictionary<string, double> _rarity;
    private readonly Dictionary<string, List<(int Example, double Weight)>> _index = new(StringComparer.Ordinal);

    public TfIdfClassifier(IReadOnlyList<LabelledText> examples, Normalisation normalisation)
    {
        _examples = examples;
        _normalisation = normalisation;

        var bags = examples.Select(example => Tokenizer.Words(example.Text, normalisation).ToArray()).ToArray();
        _rarity = bags.SelectMany(words => words.Distinct(StringComparer.Ordinal))
            .CountBy(word => word, StringComparer.Ordinal)
            .ToDictionary(word => word.Key, word => 1 + Math.Log((1.0 + examples.Count) / (1 + word.Value)), StringComparer.Ordinal);

        for (var example = 0; example < bags.Length; example++)
        {
            Index(example, bags[example]);
        }
    }

    public string Classify(string text)
    {
        // The text's own length would scale every similarity alike, so it is left out.
        var similarity = new double[_examples.Count];
        foreach (var word in Tokenizer.Words(text, _normalisation))
        {
            foreach (var (example, weight) in _index.GetValueOrDefault(word, []))
            {
                similarity[example] += weight * _rarity[word];
            }
        }

        // A tie goes to the earlier example: the order of the examples in a prompt matters, as it does to real models.
        var nearest = Array.IndexOf(similarity, similarity.Max());
        return _examples[nearest].Label;
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
