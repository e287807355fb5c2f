using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Rules;

namespace OptimizationGateway.Conformance.Report;

/// <summary>All that was found.</summary>
internal sealed record Summary(KitOptions Options, IReadOnlyList<RuleResult> Results, TimeSpan Took)
{
    public int Passed => Count(Verdict.Pass);

    public int Failed => Count(Verdict.Fail);

    public int NotApplicable => Count(Verdict.NotApplicable);

    public ExitCode ExitCode => Failed > 0 || (Options.Strict && NotApplicable > 0) ? ExitCode.SomeFailed : ExitCode.AllPassed;

    public IEnumerable<RuleResult> Of(Verdict verdict) => Results.Where(result => result.Finding.Verdict == verdict);

    private int Count(Verdict verdict) => Of(verdict).Count();
}
