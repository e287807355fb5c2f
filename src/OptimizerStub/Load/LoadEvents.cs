using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Load;

/// <summary>The events of generated jobs: each a function of its id, so that a log of any length needs no disk.</summary>
internal static class LoadEvents
{
    public static JobEvent Started(string jobId, DateTimeOffset at) =>
        Event(
            1,
            at,
            e =>
                e.JobStarted = new JobStarted
                {
                    PromptId = jobId,
                    DatasetId = "load",
                    Config = new Struct(),
                }
        );

    public static JobEvent Iteration(long id, DateTimeOffset at) =>
        Event(id, at, e => e.IterationCompleted = new IterationCompleted { Score = Score(id) });

    public static JobEvent Completed(long id, string jobId, DateTimeOffset at) =>
        Event(id, at, e => e.JobCompleted = new JobCompleted { ResultPromptId = $"{jobId}/result", FinalScore = Score(id) });

    // Climbs for a thousand iterations and starts again.
    private static double Score(long id) => Math.Round(0.2 + (0.6 * (id % 1000) / 1000), 4);

    private static JobEvent Event(long id, DateTimeOffset at, Action<JobEvent> payload)
    {
        var jobEvent = new JobEvent
        {
            Id = id,
            PreviousId = id - 1,
            Iteration = (int)Math.Min(id - 1, int.MaxValue),
            Stage = "evaluate",
            Timestamp = at.ToTimestamp(),
        };
        payload(jobEvent);
        return jobEvent;
    }
}
