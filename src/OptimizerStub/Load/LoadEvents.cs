using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Load;

/// <summary>The events of generated jobs: each a function of its id, so that a log of any length needs no disk.</summary>
/// <param name="jobId">The job.</param>
/// <param name="areMarked">True if each event's details name its job and id.</param>
internal sealed class LoadEvents(string jobId, bool areMarked)
{
    public JobEvent Started(DateTimeOffset at) =>
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

    public JobEvent Iteration(long id, DateTimeOffset at) =>
        Event(id, at, e => e.IterationCompleted = new IterationCompleted { Score = Score(id) });

    public JobEvent Completed(long id, DateTimeOffset at) =>
        Event(id, at, e => e.JobCompleted = new JobCompleted { ResultPromptId = $"{jobId}/result", FinalScore = Score(id) });

    // Climbs for a thousand iterations and starts again.
    private static double Score(long id) => Math.Round(0.2 + (0.6 * (id % 1000) / 1000), 4);

    private JobEvent Event(long id, DateTimeOffset at, Action<JobEvent> payload)
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
        if (areMarked)
        {
            jobEvent.Details = Mark(id);
        }

        return jobEvent;
    }

    private Struct Mark(long id) =>
        new()
        {
            Fields =
            {
                ["job"] = Value.ForString(jobId),
                ["id"] = Value.ForNumber(id),
                ["hash"] = Value.ForString(Hash(string.Create(CultureInfo.InvariantCulture, $"{jobId}/{id}"))),
            },
        };

    // FNV-1a, 32 bits: a line in any language.
    private static string Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var unit in text)
        {
            hash = unchecked((hash ^ unit) * 16777619u);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
