namespace OptimizationGateway.Conformance.Watching;

/// <summary>The backend broke the rule that is looked at; the message is what was seen. <c>RuleRun</c> makes a finding of it.</summary>
/// <param name="seen">In a sentence or two.</param>
/// <param name="refusal">The end of the stream, if that is all that was seen.</param>
internal sealed class BreachException(string seen, WatchEnd? refusal = null) : Exception(seen)
{
    public WatchEnd? Refusal => refusal;
}
