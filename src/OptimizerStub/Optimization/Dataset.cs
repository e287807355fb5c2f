using System.Collections.Concurrent;

namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>
/// Labelled texts in two halves: the pool that examples are taken from, and the development split that measures a
/// prompt. No text is in both, or a prompt could win by quoting the question.
/// </summary>
internal sealed class Dataset
{
    private readonly int? faultAtIteration;

    // Cutting texts into words was most of an evaluation. Bounded by the texts times the normalisations: some 15 MB at worst.
    private readonly ConcurrentDictionary<(LabelledText, Normalisation), string[]> words = new();

    public Dataset(string id, IReadOnlyList<LabelledText> texts, int? faultAtIteration = null)
    {
        Id = id;
        this.faultAtIteration = faultAtIteration;
        Labels = [.. texts.Select(text => text.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        // Within each label alternately, so that both halves hold every label evenly.
        var halves = texts
            .GroupBy(text => text.Label, StringComparer.Ordinal)
            .SelectMany(label => label.Index())
            .ToLookup(text => text.Index % 2 == 0);
        Pool = [.. halves[true].Select(text => text.Item)];
        Development = [.. halves[false].Select(text => text.Item)];
    }

    public string Id { get; }

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<LabelledText> Pool { get; }

    public IReadOnlyList<LabelledText> Development { get; }

    public string[] Words(LabelledText text, Normalisation normalisation) =>
        words.GetOrAdd((text, normalisation), static key => [.. Tokenizer.Words(key.Item1.Text, key.Item2)]);

    /// <summary>Throws where this data set is one that breaks at the iteration: demos and tests need failures they can count on.</summary>
    public void ThrowIfFaulty(int iteration)
    {
        if (iteration == faultAtIteration)
        {
            throw new InvalidDataException($"The data set '{Id}' has unreadable labels: it always fails at iteration {iteration}.");
        }
    }
}
