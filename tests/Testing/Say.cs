using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>The messages of a stream, in short.</summary>
public static class Say
{
    public const string Epoch = "e1";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static WatchJobResponse Subscribed(long? last = 0, long? earliest = null, bool ended = false, string epoch = Epoch)
    {
        var subscribed = new Subscribed { Epoch = epoch, Ended = ended };
        if (last is not null)
        {
            subscribed.LastEventId = last.Value;
        }

        if (earliest is not null)
        {
            subscribed.EarliestEventId = earliest.Value;
        }

        return new WatchJobResponse { Subscribed = subscribed };
    }

    public static WatchJobResponse Replay(bool hasMore = false, params JobEvent[] events) =>
        new()
        {
            Replay = new Replay { HasMore = hasMore, Events = { events } },
        };

    public static WatchJobResponse Replay(params JobEvent[] events) => Replay(hasMore: false, events);

    public static WatchJobResponse Live(JobEvent jobEvent) => new() { Event = jobEvent };

    public static WatchJobResponse Heartbeat(long? last = null)
    {
        var heartbeat = new Heartbeat();
        if (last is not null)
        {
            heartbeat.LastEventId = last.Value;
        }

        return new WatchJobResponse { Heartbeat = heartbeat };
    }

    /// <summary>An ordinary event.</summary>
    public static JobEvent Event(long id, long? previous = null)
    {
        var jobEvent = Bare(id, previous);
        jobEvent.IterationCompleted = new IterationCompleted { Score = 0.5 };
        return jobEvent;
    }

    /// <summary>Ordinary events with these ids, one after the other.</summary>
    public static JobEvent[] Events(long first, long last) =>
        [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => Event(first + i, previous: first + i - 1))];

    /// <summary>The event that ends a job.</summary>
    public static JobEvent Completed(long id)
    {
        var jobEvent = Bare(id, previous: null);
        jobEvent.JobCompleted = new JobCompleted { ResultPromptId = "prompt-9", FinalScore = 0.74 };
        return jobEvent;
    }

    /// <summary>An event without a payload.</summary>
    public static JobEvent Bare(long id, long? previous = null)
    {
        var jobEvent = new JobEvent
        {
            Id = id,
            Iteration = (int)(id % 1_000_000),
            Stage = "evaluate",
            Timestamp = Timestamp.FromDateTimeOffset(Start.AddSeconds(id % 1_000_000)),
        };
        if (previous is not null)
        {
            jobEvent.PreviousId = previous.Value;
        }

        return jobEvent;
    }
}
