using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class LiveOnly()
    : Rule(
        "live-only",
        "8.3",
        "Without `after_event_id` there is no `replay`: the stream goes on with the first event after `subscribed.last_event_id`."
    )
{
    private const int Enough = 3;

    private static readonly TimeSpan AShortWhile = TimeSpan.FromMilliseconds(500);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        await NothingOldAsync(subject, subject.Jobs.Silent ?? await subject.Jobs.FinishedAsync(token), token);
        var job = await subject.Jobs.RunningAsync(token);
        await job.RunsAsync(token);

        using var watch = subject.Watch(job.Id, after: null, token);
        while (watch.End is null && watch.Story.Live.Count() < Enough && await watch.HearsAsync(Limits.NextEvent, token))
        {
            Judge(watch);
        }

        var live = watch.Story.Live.Select(e => e.Id).ToList();
        if (live.Count == 0)
        {
            throw new NotApplicableException(
                $"{job.Id} had no event for it within {Spoken.Time(Limits.NextEvent)}, or ended: let --start-job start one that writes more."
            );
        }

        var now = watch.Story.Subscribed?.LastEventId ?? 0;
        var log = (await subject.HistoryAsync(job.Id, now, token)).Events.Select(e => e.Id).Take(live.Count).ToList();
        return live.SequenceEqual(log)
            ? Finding.Pass($"{job.Id} stood at {now}; {string.Join(", ", live)} came, and no `replay`.")
            : Finding.Fail(
                $"{job.Id} stood at {now}, and {string.Join(", ", live)} came; by its history it should have been {string.Join(", ", log)}."
            );
    }

    /// <summary>A job without new events can't show this rule.</summary>
    private static async Task NothingOldAsync(Subject subject, string job, CancellationToken token)
    {
        using var watch = subject.Watch(job, after: null, token);
        await watch.NextAsync(subject.Options.FirstMessage, token);
        Judge(watch);
        for (var until = watch.Age + AShortWhile; watch.End is null && watch.Age < until; )
        {
            await watch.HearsAsync(AShortWhile, token);
            Judge(watch);
        }
    }

    private static void Judge(Watch watch)
    {
        if (watch.Story.Replays.FirstOrDefault() is { } replay)
        {
            throw new BreachException(
                $"On {Spoken.Request(watch.Request)} came a `replay` with {Spoken.Count(replay.Events.Count, "event")}: not set isn't 0."
            );
        }

        var now = watch.Story.Subscribed?.LastEventId ?? 0;
        if (watch.Story.Live.FirstOrDefault(e => e.Id <= now) is { } old)
        {
            throw new BreachException(
                $"On {Spoken.Request(watch.Request)} came event {old.Id}, which had happened: `subscribed` said {now}."
            );
        }
    }
}
