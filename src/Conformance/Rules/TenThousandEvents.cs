using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class TenThousandEvents()
    : Rule("ten-thousand-events", "8.2", "A history of 10,000 events arrives whole and in order. How fast is reported, not judged.")
{
    private const int Many = 10_000;
    private const int Rounds = 2;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job =
            await subject.Jobs.LoadAsync(token)
            ?? throw new NotApplicableException(
                $"The backend doesn't know {subject.Options.LoadJob}: --load-job names a job that has ended, with 10,000 events."
            );
        List<long>? first = null;
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var story = await subject.HistoryAsync(job, 0, token);
            var ids = story.Events.Select(e => e.Id).ToList();
            Judge(job, story, ids);
            if (first is not null && !ids.SequenceEqual(first))
            {
                throw new BreachException(
                    $"Read twice, {job} had {first.Count} events, then {ids.Count}, or other ids: it has ended, and can't change."
                );
            }

            first = ids;
            best = story.LastMessageAt < best ? story.LastMessageAt : best;
        }

        if (first!.Count < Many)
        {
            return Finding.NotApplicable($"{job} has {Spoken.Count(first.Count, "event")} only: --load-job names one with {Many:#,##0}.");
        }

        var speed = first.Count / best.TotalSeconds;
        return Finding
            .Pass($"{Spoken.Count(first.Count, "event")} in {Spoken.Time(best)}: {speed:#,##0} events a second.")
            .With("eventsPerSecond", speed);
    }

    private static void Judge(string job, Story story, List<long> ids)
    {
        for (var i = 1; i < ids.Count; i++)
        {
            if (ids[i] <= ids[i - 1])
            {
                throw new BreachException($"In the history of {job} event {ids[i]} came after {ids[i - 1]}.");
            }
        }

        foreach (var (before, e) in story.Events.Zip(story.Events.Skip(1)))
        {
            if (e.HasPreviousId && e.PreviousId != before.Id)
            {
                throw new BreachException(
                    $"In the history of {job} event {e.Id} says that {e.PreviousId} is before it, and {before.Id} came."
                );
            }
        }

        if (story.Subscribed is { HasLastEventId: true } subscribed && ids.LastOrDefault() != subscribed.LastEventId)
        {
            throw new BreachException(
                $"`subscribed` of {job} announced {subscribed.LastEventId}, and the history ended at {ids.LastOrDefault()}."
            );
        }
    }
}
