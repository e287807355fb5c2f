using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>A job's events.</summary>
internal abstract class JobLog
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Epoch { get; set; } = "e1";

    /// <summary>Held while it is written.</summary>
    public SemaphoreSlim Writing { get; } = new(1);

    public abstract LogState Look();

    /// <summary>The events after a cursor, oldest first.</summary>
    public abstract IEnumerable<JobEvent> Read(long after, long upTo);

    public static bool IsTerminal(JobEvent jobEvent) => jobEvent.JobCompleted is not null;

    protected static JobEvent Event(long id, long previous, bool isLast)
    {
        var jobEvent = new JobEvent
        {
            Id = id,
            PreviousId = previous,
            Stage = "a stage with a rather long name, so that a history is large",
            Timestamp = Timestamp.FromDateTimeOffset(Begin.AddMilliseconds(id)),
        };
        if (isLast)
        {
            jobEvent.JobCompleted = new JobCompleted { FinalScore = 1 };
        }
        else
        {
            jobEvent.IterationCompleted = new IterationCompleted { Score = 0.5 };
        }

        return jobEvent;
    }
}
