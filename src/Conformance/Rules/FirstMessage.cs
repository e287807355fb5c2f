using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class FirstMessage()
    : Rule(
        "first-message",
        "8.1",
        "The first message comes at once, also while the job is silent: it is the confirmation. Response headers alone are none."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var open = await subject.Jobs.OpenAsync(token);
        var slowest = TimeSpan.Zero;
        (string Job, long? After)[] watches = [(open, null), (open, 0), (await subject.Jobs.FinishedAsync(token), 0)];
        foreach (var (job, after) in watches)
        {
            using var watch = subject.Watch(job, after, token);
            await watch.NextAsync(subject.Options.FirstMessage, token);
            if (watch.End is { } end)
            {
                throw new BreachException($"{Spoken.Request(watch.Request)} ended before its first message: {end}.");
            }

            slowest = watch.Age > slowest ? watch.Age : slowest;
        }

        var weakness = subject.Jobs.Silent is null ? " The job wasn't silent, so a late one may pass: --silent-job." : "";
        return Finding
            .Pass($"{Spoken.Count(watches.Length, "watch")} answered, the slowest after {Spoken.Time(slowest)}.{weakness}")
            .With("slowestMilliseconds", slowest.TotalMilliseconds);
    }
}
