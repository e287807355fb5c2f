namespace OptimizationGateway.Conformance.Watching;

/// <summary>The backend broke the rule that is looked at; the message is what was seen. <c>RuleRun</c> makes a finding of it.</summary>
internal sealed class BreachException(string seen) : Exception(seen);
