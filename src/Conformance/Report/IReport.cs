using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Rules;

namespace OptimizationGateway.Conformance.Report;

/// <summary>Tells what was found.</summary>
internal interface IReport
{
    /// <summary>The rules there are, without looking at any.</summary>
    public void List(IReadOnlyList<Rule> rules);

    public void Begin(KitOptions options);

    /// <summary>One rule, as soon as it is known.</summary>
    public void Add(RuleResult result);

    public void End(Summary summary);

    /// <summary>There is nothing to tell of the rules, and why.</summary>
    /// <param name="code">For programs.</param>
    /// <param name="message">For people.</param>
    public void Fail(string code, string message);
}
