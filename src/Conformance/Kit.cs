using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Report;
using OptimizationGateway.Conformance.Rules;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance;

/// <summary>Looks at the rules that were asked for, and reports each as soon as it is known.</summary>
internal sealed class Kit(KitOptions options, IReport report, TimeProvider time)
{
    private readonly List<RuleResult> results = [];
    private string? goneSince;
    private RuleResult? firstRefusal;

    public async Task<ExitCode> RunAsync(CancellationToken token)
    {
        var startedAt = time.GetTimestamp();
        using var backend = new Backend(options, time);
        var reachability = new Reachability(options, backend, time);
        if (await reachability.FaultAsync(token) is { } fault)
        {
            report.Fail("unreachable", fault);
            return ExitCode.NotJudged;
        }

        using var jobs = new JobSource(options, backend, token);
        using var process = options.Pid is { } pid ? new BackendProcess(pid) : BackendProcess.Find(options.Backend!);
        var subject = new Subject(options, backend, jobs, process, time);
        report.Begin(options);
        await RunAllAsync(subject, reachability, token);

        var order = RuleBook.All.ToList();
        var summary = new Summary(options, [.. results.OrderBy(result => order.IndexOf(result.Rule))], time.GetElapsedTime(startedAt));
        report.End(summary);
        return summary.ExitCode;
    }

    private async Task RunAllAsync(Subject subject, Reachability reachability, CancellationToken token)
    {
        var asked = RuleBook.All.Where(rule => options.Rules.Count == 0 || options.Rules.Contains(rule.Name)).ToList();
        foreach (var rule in asked.Where(rule => rule.Turn == Turn.First))
        {
            await RunAsync(rule);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var beside = asked.Where(rule => rule.Turn == Turn.Beside).Select(rule => RuleRun.RunAsync(rule, subject, stop.Token)).ToList();
        try
        {
            foreach (var rule in asked.Where(rule => rule.Turn == Turn.InOrder))
            {
                await RunAsync(rule);
            }

            foreach (var result in await Task.WhenAll(beside))
            {
                Add(result with { Finding = result.Rule.Conclude(subject, result.Finding) });
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(beside)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var rule in asked.Where(rule => rule.Turn == Turn.Last))
        {
            await RunAsync(rule);
        }

        async Task RunAsync(Rule rule)
        {
            if (goneSince is not null)
            {
                Add(new RuleResult(rule, Finding.NotApplicable($"The backend doesn't answer since {goneSince}."), TimeSpan.Zero));
                return;
            }

            var result = await RuleRun.RunAsync(rule, subject, token);
            if (result.Finding.Verdict == Verdict.Fail && await reachability.FaultAsync(token) is { } fault)
            {
                goneSince = rule.Name;
                result = result with { Finding = Finding.Fail($"{result.Finding.Seen} And now the backend is gone. {fault}") };
            }

            Add(AfterEffect(result));
        }
    }

    /// <summary>Once the backend has refused watches, that it goes on refusing them says nothing of other rules.</summary>
    private RuleResult AfterEffect(RuleResult result)
    {
        if (result.Finding.Refusal is not { } refusal)
        {
            return result;
        }

        if (firstRefusal is { Finding.Refusal: { } first } && first.Status == refusal.Status)
        {
            return result with { Finding = Finding.NotApplicable($"As in {firstRefusal.Rule.Name}: {result.Finding.Seen}") };
        }

        firstRefusal ??= result.Rule.RevealsRefusals ? result : null;
        return result;
    }

    private void Add(RuleResult result)
    {
        results.Add(result);
        report.Add(result);
    }
}
