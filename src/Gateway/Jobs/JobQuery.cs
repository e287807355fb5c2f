namespace OptimizationGateway.Gateway.Jobs;

/// <summary>A question for a page of all backends' jobs.</summary>
/// <param name="PageSize">The most jobs.</param>
/// <param name="States">The names of the states that jobs must be in; none for any.</param>
/// <param name="Text">The text that a job must contain; empty for any job.</param>
/// <param name="Token">The place to go on from; null for the start.</param>
internal sealed record JobQuery(int PageSize, IReadOnlyList<string> States, string Text, PageToken? Token);
