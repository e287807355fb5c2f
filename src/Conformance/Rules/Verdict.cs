namespace OptimizationGateway.Conformance.Rules;

/// <summary>The verdict on a rule.</summary>
internal enum Verdict
{
    Pass,
    Fail,
    NotApplicable,
}
