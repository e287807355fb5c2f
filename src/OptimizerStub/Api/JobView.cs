using System.Globalization;
using System.Text.Json.Serialization;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>A job as the JSON API shows it.</summary>
internal sealed record JobView(
    string JobId,
    string State,
    string PromptId,
    string DatasetId,
    JobConfigView Config,
    int Iteration,
    string Stage,
    double? Score,
    double? BestScore,
    long LastEventId,
    string CreatedAt,
    string UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ResultPromptId
)
{
    public static JobView Of(JobRecord job) =>
        new(
            job.Id,
            job.State.Name(),
            job.PromptId,
            job.DatasetId,
            JobConfigView.Of(job.Config),
            job.Iteration,
            job.Stage,
            job.Score,
            job.BestScore,
            job.LastEventId,
            Time(job.CreatedAt),
            Time(job.UpdatedAt),
            job.ResultPromptId
        );

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
