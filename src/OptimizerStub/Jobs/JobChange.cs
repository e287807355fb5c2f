using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>A job's new state and its events: written together or not at all.</summary>
/// <param name="Next">The job after the change; the last event id and the time of the update are filled in by <see cref="Job"/>.</param>
/// <param name="Events">The events, without timestamps, and without ids, which are the log's.</param>
internal sealed record JobChange(JobRecord Next, params IReadOnlyList<JobEvent> Events);
