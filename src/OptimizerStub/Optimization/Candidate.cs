using System.Text;

namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>A prompt to be tried: which texts of the data set's pool it shows as examples, in order, and how texts are normalised.</summary>
internal sealed record Candidate(IReadOnlyList<int> Examples, Normalisation Normalisation)
{
    private const int FirstExamples = 4;

    /// <summary>The prompt that a person would start with: a handful of examples and no normalisation.</summary>
    public static Candidate Initial(Dataset dataset, int seed)
    {
        var random = new SeededRandom(seed, iteration: 0);
        var examples = new List<int>(FirstExamples);
        while (examples.Count < FirstExamples)
        {
            var example = random.Below(dataset.Pool.Count);
            if (!examples.Contains(example))
            {
                examples.Add(example);
            }
        }

        return new Candidate(examples, Normalisation.None);
    }

    /// <summary>The share of the development split that the prompt classifies as people did, 0 to 1.</summary>
    public double Score(Dataset dataset)
    {
        var examples = Examples.Select(example => dataset.Pool[example]);
        var classifier = new TfIdfClassifier([.. examples.Select(text => (text.Label, dataset.Words(text, Normalisation)))]);
        var right = dataset.Development.Count(text => classifier.Classify(dataset.Words(text, Normalisation)) == text.Label);
        return Math.Round((double)right / dataset.Development.Count, 4);
    }

    /// <summary>The prompt as a language model would be given it.</summary>
    public string Render(Dataset dataset)
    {
        var prompt = new StringBuilder();
        prompt.Append("Classify the customer's message as one of: ").AppendJoin(", ", dataset.Labels).Append(".\n");
        prompt.Append("Before comparing, apply: ").Append(Normalisation).Append(".\n");
        foreach (var example in Examples.Select(example => dataset.Pool[example]))
        {
            prompt.Append("\nMessage: ").Append(example.Text).Append("\nLabel: ").Append(example.Label).Append('\n');
        }

        return prompt.ToString();
    }
}
