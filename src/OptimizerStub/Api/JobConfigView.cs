using System.Text.Json.Serialization;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>A job's configuration with the defaults filled in; what is off is left out, as it is in <c>job_started</c>.</summary>
internal sealed record JobConfigView(
    int MaxIterations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Direction,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? TargetScore,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Patience,
    int Seed,
    int IterationDelayMs,
    int MaxAttempts
)
{
    public static JobConfigView Of(JobConfig config) =>
        new(
            config.MaxIterations,
            config.Minimizes ? JobConfig.Minimize : null,
            config.TargetScore,
            config.Patience,
            config.Seed,
            config.IterationDelayMs,
            config.MaxAttempts
        );
}
