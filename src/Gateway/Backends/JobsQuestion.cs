using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>A question for a page of a backend's jobs.</summary>
/// <param name="PageSize">The most jobs.</param>
/// <param name="States">The names of the states that jobs must be in; none for any.</param>
/// <param name="Text">The text that a job must contain; empty for any job.</param>
/// <param name="PageToken">The backend's token; empty for its first page.</param>
internal sealed record JobsQuestion(int PageSize, IReadOnlyList<string> States, string Text, string PageToken = "")
{
    public ListJobsRequest ToRequest() =>
        new()
        {
            PageSize = PageSize,
            PageToken = PageToken,
            Query = Text,
            States = { States.Select(JobStateNames.Parse) },
        };
}
