namespace OptimizationGateway.Conformance.Rules;

/// <summary>What came of looking at a rule.</summary>
internal enum Verdict
{
    Pass,
    Fail,
    NotApplicable,
}
