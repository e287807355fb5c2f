namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>The answer of <c>GET /jobs</c>, newest first.</summary>
internal sealed record JobsView(IReadOnlyList<JobView> Jobs);
