using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>The result of checking one rule.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Seen">In a sentence or two, for people.</param>
internal sealed record Finding(Verdict Verdict, string Seen)
{
    /// <summary>The measurements by name, for programs.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The end of the stream, where it failed by one that was refused.</summary>
    public WatchEnd? Refusal { get; init; }

    public static Finding Pass(string seen) => new(Verdict.Pass, seen);

    public static Finding Fail(string seen, WatchEnd? refusal = null) => new(Verdict.Fail, seen) { Refusal = refusal };

    public static Finding NotApplicable(string why) => new(Verdict.NotApplicable, why);

    public Finding With(string figure, double value) =>
        this with
        {
            Figures = new Dictionary<string, double>(Figures, StringComparer.Ordinal) { [figure] = Math.Round(value, 3) },
        };
}
