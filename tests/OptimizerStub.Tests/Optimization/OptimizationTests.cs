using OptimizationGateway.OptimizerStub.Optimization;

namespace OptimizationGateway.OptimizerStub.Tests.Optimization;

public sealed class OptimizationTests
{
    private readonly Dataset support = new DatasetCatalog()["support"];

    // Measured, best score at iteration 0, 10, 30, 60 and 100:
    // seed 1: 0.18 0.26 0.43 0.49 0.59    seed 2: 0.27 0.28 0.33 0.36 0.39    seed 3: 0.26 0.29 0.31 0.36 0.42
    // seed 4: 0.17 0.22 0.37 0.46 0.54    seed 5: 0.16 0.24 0.40 0.43 0.46    seed 6: 0.21 0.31 0.38 0.42 0.47
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void The_score_climbs_over_tens_of_iterations(int seed)
    {
        var scores = BestScores(seed);
        Assert.True(scores[30] > scores[0], $"{scores[0]} to {scores[30]}");
        Assert.True(scores[60] > scores[30], $"{scores[30]} to {scores[60]}");
        Assert.True(scores[100] > scores[60], $"{scores[60]} to {scores[100]}");
        Assert.True(scores[100] > scores[0] + 0.1);
    }

    [Fact]
    public void The_same_seed_finds_the_same_scores_and_another_seed_others()
    {
        Assert.Equal(BestScores(7), BestScores(7));
        Assert.NotEqual(BestScores(7), BestScores(8));
    }

    [Fact]
    public void The_halves_of_the_data_set_share_no_text_and_hold_every_label()
    {
        Assert.Empty(support.Pool.Select(t => t.Text).Intersect(support.Development.Select(t => t.Text)));
        Assert.True(support.Pool.Count + support.Development.Count >= 300);
        Assert.Equal(support.Labels, support.Pool.Select(t => t.Label).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(support.Labels, support.Development.Select(t => t.Label).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_text_is_given_the_label_of_the_examples_it_resembles()
    {
        var classifier = new TfIdfClassifier([("shipping", ["where", "is", "my", "parcel"]), ("login", ["reset", "my", "password"])]);
        Assert.Equal("shipping", classifier.Classify(["my", "parcel"]));
        Assert.Equal("login", classifier.Classify(["my", "password"]));
        Assert.Equal("shipping", classifier.Classify(["nothing", "known"]));
    }

    [Fact]
    public void Normalisation_brings_different_spellings_together()
    {
        const Normalisation spelling = Normalisation.Lowercase | Normalisation.StripPunctuation | Normalisation.StripSuffixes;
        Assert.Equal(Tokenizer.Words("Refund, returned parcels?", spelling), Tokenizer.Words("refunds return PARCEL", spelling));
        Assert.Equal(["order", "<number>"], Tokenizer.Words("my order 77120", Normalisation.DropStopWords | Normalisation.MaskNumbers));
        Assert.Equal(["card", "^car", "card", "ard$"], Tokenizer.Words("card", Normalisation.WordPieces));
    }

    private List<double> BestScores(int seed)
    {
        var best = Candidate.Initial(support, seed);
        var scores = new List<double> { best.Score(support) };
        for (var iteration = 1; iteration <= 100; iteration++)
        {
            var candidate = Mutation.Of(best, support, new SeededRandom(seed, iteration));
            var score = candidate.Score(support);
            best = score >= scores[^1] ? candidate : best;
            scores.Add(Math.Max(score, scores[^1]));
        }

        return scores;
    }
}
