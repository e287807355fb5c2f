using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class HundredStreams()
    : Rule(
        "hundred-streams",
        "8.9",
        "A connection carries 100 watches at once, and each hears the same. The gateway opens so many before it opens another connection."
    )
{
    private const int Streams = 100;

    // Who serves them at once has answered them all by then.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);

    public override bool RevealsRefusals => true;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        if (subject.Jobs.Silent is { } silent)
        {
            var slowest = await AtOnceAsync(subject, silent, live: false, token);
            if (subject.Jobs.CanStart)
            {
                await AtOnceAsync(subject, (await subject.Jobs.RunningAsync(token)).Id, live: true, token);
            }

            return Passed(silent, slowest ?? throw new NotApplicableException($"{silent} ended: --silent-job names one that doesn't."));
        }

        // One that ends makes room for another: then they weren't there at once. The second job has its whole life for it.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var job = await subject.Jobs.RunningAsync(token);
            if (await AtOnceAsync(subject, job.Id, live: true, token) is { } slowest)
            {
                return Passed(job.Id, slowest);
            }

            var story = await job.WholeAsync(token);
            if (attempt > 0 && story.LastAt > LongEnough)
            {
                throw new BreachException(
                    $"{Streams} watches of {job.Id} on one connection: some were answered only after others had ended, {Spoken.Time(story.LastAt)} later. The server limits its streams, or its threads."
                );
            }
        }

        throw new NotApplicableException(
            "The job ended while they were opened: --silent-job, or let --start-job start one that runs for longer."
        );
    }

    private static Finding Passed(string job, TimeSpan slowest) =>
        Finding.Pass($"{Streams} watches of {job} on one connection were answered within {Spoken.Time(slowest)}, and all heard the same.");

    /// <returns>The time the slowest was answered; null if another had ended by then.</returns>
    private static async Task<TimeSpan?> AtOnceAsync(Subject subject, string job, bool live, CancellationToken token)
    {
        using var connection = subject.Connect();
        var watches = Enumerable.Range(0, Streams).Select(_ => connection.Open(Subject.Request(job, 0), token)).ToList();
        try
        {
            await Crowd.UnansweredAsync(watches, subject.Options.FirstMessage, token);
            var answered = watches.Count(watch => watch.Story.Messages.Count > 0);
            if (answered < Streams)
            {
                var refused = watches.Select(watch => watch.End).FirstOrDefault(end => end is not null);
                throw new BreachException(
                    $"Of {Streams} watches on one connection {answered} were answered, and no other for {Spoken.Time(subject.Options.FirstMessage)}"
                        + (refused is not null ? $"; one ended with {refused}." : ": the server limits its streams, or its threads."),
                    refused
                );
            }

            await Task.WhenAll(watches.Select(watch => ReadAsync(watch, live, token)));
            var log = watches.SelectMany(watch => watch.Story.Events).Select(e => e.Id).Distinct().Order().ToList();
            foreach (var watch in watches)
            {
                SeamJudge.JudgeAgainst(watch.Story, log);
            }

            return watches.Exists(watch => watch.Story.Subscribed is { Ended: true }) ? null : watches.Max(watch => watch.Story.FirstAt);
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    private static async Task ReadAsync(Watch watch, bool live, CancellationToken token)
    {
        await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
        while (live && watch.End is null && !watch.Story.Live.Any() && await watch.HearsAsync(Limits.NextEvent, token)) { }
    }
}
