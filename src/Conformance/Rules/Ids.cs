using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Ids()
    : Rule(
        "ids",
        "8.5",
        "Ids strictly increase within a job, from 1 to 2^53-1, and name the same event for ever. `previous_id`, if set, is the id of the event before, 0 for the first."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var looked = 0;
        foreach (var job in new[] { await subject.Jobs.FinishedAsync(token), await subject.Jobs.LoadAsync(token) }.OfType<string>())
        {
            var (once, again) = (await subject.HistoryAsync(job, 0, token), await subject.HistoryAsync(job, 0, token));
            looked += Judge(once);
            Compare(once, again);
        }

        if (subject.Jobs.CanStart)
        {
            var live = await subject.Jobs.WholeAsync(token);
            looked += Judge(live);
            Compare(live, await subject.HistoryAsync(live.Request.JobId, 0, token));
        }

        return Finding.Pass(
            $"{Spoken.Count(looked, "event")}, in order, in range, and the same when they were read again{(subject.Jobs.CanStart ? ", live ones too" : "")}."
        );
    }

    private static int Judge(Story story)
    {
        var job = story.Request.JobId;
        JobEvent? before = null;
        var count = 0;
        foreach (var e in story.Events)
        {
            if (e.Id is < 1 or > EventIds.Max)
            {
                throw new BreachException($"{job} has an event with the id {e.Id}: 1 to 2^53-1 are possible.");
            }

            if (before is not null && e.Id <= before.Id)
            {
                throw new BreachException(
                    $"In {job} event {e.Id} came after event {before.Id}: {(e.Id == before.Id ? "the id repeats" : "ids must increase")}."
                );
            }

            if (e.HasPreviousId && before is not null && e.PreviousId != before.Id)
            {
                throw new BreachException(
                    $"In {job} event {e.Id} says that {e.PreviousId} is before it, and {before.Id} is: the gateway takes that for a gap."
                );
            }

            if (e.HasPreviousId && before is null && e.PreviousId != 0 && story.Subscribed?.HasEarliestEventId != true)
            {
                throw new BreachException(
                    $"In {job} the first event says that {e.PreviousId} is before it; where nothing was cut that is 0."
                );
            }

            before = e;
            count++;
        }

        return count;
    }

    private static void Compare(Story once, Story again)
    {
        var second = new Dictionary<long, JobEvent>();
        foreach (var e in again.Events)
        {
            second.TryAdd(e.Id, e);
        }

        foreach (var e in once.Events)
        {
            if (second.TryGetValue(e.Id, out var other) && !Comparable(e).Equals(Comparable(other)))
            {
                throw new BreachException(
                    $"Event {e.Id} of {once.Request.JobId} was another one when it was read again: an id is never used twice."
                );
            }
        }
    }

    /// <summary>Browsers get milliseconds, and a log may keep no more; <c>previous_id</c> may be there or not.</summary>
    private static JobEvent Comparable(JobEvent jobEvent)
    {
        var comparable = jobEvent.Clone();
        comparable.ClearPreviousId();
        if (comparable.Timestamp is { } timestamp)
        {
            timestamp.Nanos -= timestamp.Nanos % 1_000_000;
        }

        return comparable;
    }
}
