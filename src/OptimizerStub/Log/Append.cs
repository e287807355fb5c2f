using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>A job's new state and the events that go with it, waiting to be committed.</summary>
internal sealed class Append(JobRecord job, IReadOnlyList<JobEvent> events)
{
    // Not inline: the writer has the next commit to make.
    private readonly TaskCompletionSource durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobRecord Job { get; } = job;

    public IReadOnlyList<JobEvent> Events { get; } = events;

    public Task Durable => durable.Task;

    public void Committed() => durable.TrySetResult();

    public void GivenUp() => durable.TrySetCanceled();
}
