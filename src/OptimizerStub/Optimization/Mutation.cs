namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>One small change to a candidate.</summary>
internal static class Mutation
{
    /// <summary>A prompt has room for so many examples; without a limit the best prompt would be the whole pool.</summary>
    public const int MostExamples = 48;

    private const int FewestExamples = 2;
    private static readonly Normalisation[] Switches = [.. Enum.GetValues<Normalisation>().Where(n => int.PopCount((int)n) == 1)];

    public static Candidate Of(Candidate best, Dataset dataset, SeededRandom random) =>
        random.Below(10) switch
        {
            < 5 when best.Examples.Count < MostExamples => WithMore(best, dataset, random),
            < 7 => WithAnother(best, dataset, random),
            < 8 when best.Examples.Count > FewestExamples => WithFewer(best, random),
            _ => WithSwitch(best, random),
        };

    // Up to three at once: single examples move the score too little to climb within tens of iterations.
    private static Candidate WithMore(Candidate best, Dataset dataset, SeededRandom random)
    {
        var examples = best.Examples.ToList();
        var wanted = Math.Min(MostExamples, examples.Count + 1 + random.Below(3));
        while (examples.Count < wanted)
        {
            examples.Add(Unused(examples, dataset, random));
        }

        return best with
        {
            Examples = examples,
        };
    }

    private static Candidate WithAnother(Candidate best, Dataset dataset, SeededRandom random)
    {
        var examples = best.Examples.ToList();
        examples[random.Below(examples.Count)] = Unused(examples, dataset, random);
        return best with { Examples = examples };
    }

    private static Candidate WithFewer(Candidate best, SeededRandom random)
    {
        var examples = best.Examples.ToList();
        examples.RemoveAt(random.Below(examples.Count));
        return best with { Examples = examples };
    }

    private static Candidate WithSwitch(Candidate best, SeededRandom random) =>
        best with
        {
            Normalisation = best.Normalisation ^ Switches[random.Below(Switches.Length)],
        };

    private static int Unused(List<int> examples, Dataset dataset, SeededRandom random)
    {
        while (true)
        {
            var example = random.Below(dataset.Pool.Count);
            if (!examples.Contains(example))
            {
                return example;
            }
        }
    }
}
