using System.Globalization;
using OptimizationGateway.OptimizerStub.Optimization;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>All that is known of a job at one moment, as it is stored: enough to go on after a crash as if nothing had happened.</summary>
internal sealed record JobRecord
{
    public required long Number { get; init; }

    public required string PromptId { get; init; }

    public required string DatasetId { get; init; }

    public required JobConfig Config { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public JobState State { get; init; } = JobState.Queued;

    /// <summary>The last iteration that was finished; 0 before the first.</summary>
    public int Iteration { get; init; }

    public string Stage { get; init; } = "";

    /// <summary>The score of the last candidate, which needn't be the best.</summary>
    public double? Score { get; init; }

    public double? BestScore { get; init; }

    /// <summary>The iteration that last raised the best score; 0: none did yet.</summary>
    public int BestIteration { get; init; }

    public Candidate? Best { get; init; }

    /// <summary>The number of times the job threw. A restart of the process doesn't count.</summary>
    public int Faults { get; init; }

    public long LastEventId { get; init; }

    public string? ResultPromptId { get; init; }

    public string Id => string.Create(CultureInfo.InvariantCulture, $"job-{Number}");
}
