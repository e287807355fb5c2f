namespace OptimizationGateway.Conformance.Rules;

/// <summary>A rule, what was seen of it, and how long that took.</summary>
internal sealed record RuleResult(Rule Rule, Finding Finding, TimeSpan Took);
