namespace OptimizationGateway.Conformance.Rules;

/// <summary>One thing that a backend has to do, and how that is seen from outside.</summary>
/// <param name="name">As <c>--rule</c> takes it.</param>
/// <param name="section">Its place in PROTOCOL.md: 8.2 is rule 2 of section 8.</param>
/// <param name="text">The rule in short.</param>
internal abstract class Rule(string name, string section, string text)
{
    private static readonly TimeSpan Usually = TimeSpan.FromSeconds(30);

    public string Name => name;

    public string Section => section;

    public string Text => text;

    public virtual Turn Turn => Turn.InOrder;

    /// <summary>True if it opens so many watches that a refusal is the finding itself, and later refusals are after-effects.</summary>
    public virtual bool RevealsRefusals => false;

    /// <summary>The time after which the check is given up.</summary>
    public virtual TimeSpan Deadline(Subject subject) => Usually + subject.Options.JobTime;

    /// <summary>Looks. A breach may be thrown as <see cref="Watching.BreachException"/>, and as <see cref="Jobs.NotApplicableException"/> what is missing.</summary>
    public abstract Task<Finding> CheckAsync(Subject subject, CancellationToken token);

    /// <summary>Of a rule that is looked at beside the others: what becomes of the finding with all that they have heard.</summary>
    public virtual Finding Conclude(Subject subject, Finding finding) => finding;
}
