using System.Text.Json;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Optimization;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>The body of <c>POST /jobs</c>.</summary>
internal sealed record JobRequest(string PromptId, string DatasetId, JobConfig Config)
{
    private const int MaxPromptIdLength = 256;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the request, or says in a sentence what is wrong with it.</summary>
    public static async Task<(JobRequest? Request, string? Error)> ReadAsync(Stream body, DatasetCatalog datasets, CancellationToken token)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, Strict, token);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? Read(document.RootElement, datasets)
                : (null, "The body must be a JSON object.");
        }
        catch (JsonException error)
        {
            return (null, $"The body must be a JSON object with promptId, datasetId and config: {error.Message}");
        }
    }

    private static (JobRequest?, string?) Read(JsonElement root, DatasetCatalog datasets)
    {
        var members = new JsonMembers(root, "");
        var promptId = members.Text("promptId", MaxPromptIdLength);
        var datasetId = members.Text("datasetId", MaxPromptIdLength);
        var configMembers = members.Object("config");
        if (members.ErrorOrUnknown() is { } error)
        {
            return (null, error);
        }

        if (!datasets.Contains(datasetId))
        {
            return (null, $"datasetId must be one of: {string.Join(", ", datasets.Ids)}.");
        }

        var (config, configError) = ReadConfig(new JsonMembers(configMembers ?? JsonElement.Parse("{}"), "config."));
        return configError is null ? (new JobRequest(promptId, datasetId, config), null) : (null, configError);
    }

    private static (JobConfig, string?) ReadConfig(JsonMembers members)
    {
        var defaults = new JobConfig { Seed = 0 };
        var config = new JobConfig
        {
            MaxIterations = members.Integer("maxIterations", 1, 100) ?? defaults.MaxIterations,
            Minimizes = members.OneOf("direction", JobConfig.Maximize, JobConfig.Minimize) == JobConfig.Minimize,
            TargetScore = members.Number("targetScore", 0, 1),
            Patience = members.Integer("patience", 1, 50),
            Seed = members.Integer("seed", 0, int.MaxValue) ?? JobBoard.DrawSeed(),
            IterationDelayMs = members.Integer("iterationDelayMs", 0, 60_000) ?? defaults.IterationDelayMs,
            MaxAttempts = members.Integer("maxAttempts", 1, 10) ?? defaults.MaxAttempts,
        };
        return (config, members.ErrorOrUnknown());
    }
}
