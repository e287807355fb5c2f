using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>A job's configuration. Its limits are checked where a request is read.</summary>
internal sealed record JobConfig
{
    private const int ScoreDecimals = 4;

    /// <summary>The values of <c>config.direction</c>, by the convention of PROTOCOL.md section 4.</summary>
    public const string Maximize = "maximize";
    public const string Minimize = "minimize";

    public int MaxIterations { get; init; } = 10;

    /// <summary>True if the lesser score is the better one. Then the score is the share of texts that are classified wrongly.</summary>
    public bool Minimizes { get; init; }

    /// <summary>The score that is good enough; null: go on to the last iteration.</summary>
    public double? TargetScore { get; init; }

    /// <summary>So many iterations without a better score end the job; null: never.</summary>
    public int? Patience { get; init; }

    /// <summary>The same seed tells the same story. One that wasn't given is drawn, and shown, so that the job can be repeated.</summary>
    public required int Seed { get; init; }

    /// <summary>The time an iteration takes beside the work, in milliseconds, spread over its stages.</summary>
    public int IterationDelayMs { get; init; }

    /// <summary>So many times the job may throw before it has failed for good.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The score of a job that classifies this share of texts rightly.</summary>
    public double ScoreOf(double rightShare) => Minimizes ? Math.Round(1 - rightShare, ScoreDecimals) : rightShare;

    /// <summary>True if a score is better than another.</summary>
    public bool IsBetter(double score, double than) => Minimizes ? score < than : score > than;

    public Struct ToStruct()
    {
        var config = new Struct
        {
            Fields =
            {
                ["maxIterations"] = Value.ForNumber(MaxIterations),
                ["seed"] = Value.ForNumber(Seed),
                ["iterationDelayMs"] = Value.ForNumber(IterationDelayMs),
                ["maxAttempts"] = Value.ForNumber(MaxAttempts),
            },
        };
        if (Minimizes)
        {
            config.Fields["direction"] = Value.ForString(Minimize);
        }

        if (TargetScore is { } target)
        {
            config.Fields["targetScore"] = Value.ForNumber(target);
        }

        if (Patience is { } patience)
        {
            config.Fields["patience"] = Value.ForNumber(patience);
        }

        return config;
    }
}
