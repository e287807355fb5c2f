using Grpc.Core;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Epoch()
    : Rule(
        "epoch",
        "8.7",
        "Each stream of a job names the same epoch. A request with another one is answered by FAILED_PRECONDITION, one with its own is served."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var jobs = new List<string> { await subject.Jobs.FinishedAsync(token) };
        if (subject.Jobs.CanStart || subject.Jobs.Silent is not null)
        {
            jobs.Add(await subject.Jobs.OpenAsync(token));
        }

        foreach (var job in jobs)
        {
            await LookAsync(subject, job, token);
        }

        return Finding.Pass($"{Spoken.Count(jobs.Count, "job")}: the same on each stream; another one was refused, its own accepted.");
    }

    private static async Task LookAsync(Subject subject, string job, CancellationToken token)
    {
        var epoch = await NamedAsync(0, "");
        if (epoch.Length == 0)
        {
            throw new NotApplicableException(
                $"`subscribed` of {job} names no epoch, so a log that was replaced can't be told from the one before."
            );
        }

        foreach (var (after, asked) in new (long?, string)[] { (null, ""), (0, ""), (0, epoch) })
        {
            var other = await NamedAsync(after, asked);
            if (other != epoch)
            {
                throw new BreachException($"One stream of {job} names the epoch '{epoch}', another '{other}'.");
            }
        }

        using var stranger = subject.Watch(Subject.Request(job, 0, epoch: $"not-{epoch}"), token);
        var message = await stranger.NextAsync(subject.Options.FirstMessage, token);
        if (message is not null || stranger.End!.Status != StatusCode.FailedPrecondition)
        {
            var instead = message is null ? stranger.End!.ToString() : Spoken.Message(message);
            throw new BreachException($"The epoch of {job} is '{epoch}', and a request with 'not-{epoch}' was answered by {instead}.");
        }

        async Task<string> NamedAsync(long? after, string asked)
        {
            using var watch = subject.Watch(Subject.Request(job, after, epoch: asked), token);
            await watch.NextAsync(subject.Options.FirstMessage, token);
            if (watch.End is { } end)
            {
                throw new BreachException($"{Spoken.Request(watch.Request)} ended with {end}.");
            }

            return watch.Story.Subscribed?.Epoch ?? "";
        }
    }
}
