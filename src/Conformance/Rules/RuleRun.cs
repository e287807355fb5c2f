using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>Looks at one rule; whatever the backend does, there is a finding by the rule's deadline.</summary>
internal static class RuleRun
{
    public static async Task<RuleResult> RunAsync(Rule rule, Subject subject, CancellationToken token)
    {
        var startedAt = subject.Time.GetTimestamp();
        var deadline = rule.Deadline(subject);
        using var timeout = new CancellationTokenSource(deadline, subject.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, token);
        Finding finding;
        try
        {
            finding = await rule.CheckAsync(subject, stop.Token);
        }
        catch (BreachException breach)
        {
            finding = Finding.Fail(breach.Message, breach.Refusal);
        }
        catch (NotApplicableException missing)
        {
            finding = Finding.NotApplicable(missing.Message);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            finding = Finding.Fail($"It couldn't be told within {Spoken.Time(deadline)}: messages come, and what was waited for doesn't.");
        }

        return new RuleResult(rule, finding, subject.Time.GetElapsedTime(startedAt));
    }
}
