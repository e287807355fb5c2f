using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Batches()
    : Rule(
        "batches",
        "8.2",
        "A `replay` has at most 500 events and 1 MiB, unless one event alone is larger; `has_more` is true on all but the last, and false on the last."
    )
{
    private const int MaxEvents = 500;
    private const int MaxBytes = 1024 * 1024;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var load = await subject.Jobs.LoadAsync(token);
        string[] jobs = load is null ? [await subject.Jobs.FinishedAsync(token)] : [load, await subject.Jobs.FinishedAsync(token)];
        var (batches, events, largest) = (0, 0, 0);
        foreach (var job in jobs)
        {
            using var watch = subject.Watch(job, 0, token);
            while (await watch.NextAsync(Limits.NextMessage, token) is { } message)
            {
                if (message.Replay is { } replay)
                {
                    largest = Math.Max(largest, Judge(job, ++batches, replay));
                    events += replay.Events.Count;
                }

                if (watch.Story.HasWholeHistory)
                {
                    break;
                }
            }

            if (!watch.Story.HasWholeHistory)
            {
                throw new BreachException(Incomplete(watch.Story));
            }
        }

        return events > MaxEvents
            ? Finding.Pass($"{Spoken.Count(events, "event")} in {Spoken.Count(batches, "batch")}, the largest of {largest >> 10} KiB.")
            : Finding.NotApplicable(
                $"The jobs have {Spoken.Count(events, "event")}, which one batch may hold: --load-job names one with more than {MaxEvents}."
            );
    }

    private static int Judge(string job, int number, Replay replay)
    {
        var bytes = replay.Events.Sum(e => e.CalculateSize());
        if (replay.Events.Count > MaxEvents)
        {
            throw new BreachException(
                $"Batch {number} of {job} has {Spoken.Count(replay.Events.Count, "event")}; {MaxEvents} are the most."
            );
        }

        if (bytes > MaxBytes && replay.Events.Count > 1)
        {
            throw new BreachException(
                $"Batch {number} of {job} has {bytes:#,##0} bytes in {replay.Events.Count} events; {MaxBytes:#,##0} are the most."
            );
        }

        return bytes;
    }

    private static string Incomplete(Story story) =>
        story.Replays.LastOrDefault() is { HasMore: true }
            ? $"{Spoken.Request(story.Request)} ended with {story.End}, and its last `replay` said `has_more`."
            : $"{Spoken.Request(story.Request)} ended with {story.End} before its last `replay`.";
}
