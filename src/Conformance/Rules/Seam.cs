using System.Collections.Concurrent;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Seam()
    : Rule(
        "seam",
        "8.2",
        "After the last `replay` come live events with no gap and no repeat, also when a watch begins while the job writes."
    )
{
    private const int Joins = 1000;
    private const int AtOnce = 20;
    private const int EventsPastTheSeam = 3;
    private const int LongestPause = 50; // milliseconds

    // Below that a race of microseconds has too few chances to show.
    private const int FewestJoins = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = await subject.Jobs.RunningAsync(token);
        await job.RunsAsync(token);
        var stories = new ConcurrentQueue<Story>();
        var startedAt = subject.Time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => JoinAgainAndAgainAsync()));

        var log = (await subject.HistoryAsync(job.Id, 0, token)).Events.Select(e => e.Id).ToList();
        foreach (var story in stories)
        {
            SeamJudge.JudgeAgainst(story, log);
        }

        var crossed = stories.Count(story => story.Live.Any());
        return crossed >= FewestJoins
            ? Finding.Pass(
                $"{Spoken.Count(crossed, "watch")} joined {job.Id} at random moments of its events {log[0]} to {log[^1]}, from random cursors: no gap, no repeat."
            )
            : Finding.NotApplicable(
                $"{Spoken.Count(crossed, "watch")} only joined {job.Id} while it wrote: let --start-job start one that writes many events over a few seconds."
            );

        async Task JoinAgainAndAgainAsync()
        {
            while (stories.Count < Joins && !job.HasEnded && subject.Time.GetElapsedTime(startedAt) < Longest)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(LongestPause)), subject.Time, token);
                stories.Enqueue(await JoinAsync(subject, job, Longest - subject.Time.GetElapsedTime(startedAt), token));
            }
        }
    }

    private static async Task<Story> JoinAsync(Subject subject, StartedJob job, TimeSpan left, CancellationToken token)
    {
        var latest = job.LatestId;
        var cursor = Random.Shared.Next(3) switch
        {
            0 => 0,
            1 => latest,
            _ => Random.Shared.NextInt64(latest + 1),
        };
        using var watch = subject.Watch(job.Id, cursor, token);
        await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
        SeamJudge.JudgeHistory(watch.Story);
        var wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        while (watch.End is null && watch.Story.Live.Count() < EventsPastTheSeam && await watch.HearsAsync(wait, token)) { }

        return watch.Story;
    }
}
