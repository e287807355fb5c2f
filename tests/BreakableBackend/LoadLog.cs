using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary><c>load-n</c>: n events of a job that has ended, computed.</summary>
internal sealed class LoadLog(long count) : JobLog
{
    public override LogState Look() => new(count, Ended: true, Task.CompletedTask);

    public override IEnumerable<JobEvent> Read(long after, long upTo)
    {
        for (var id = after + 1; id <= Math.Min(upTo, count); id++)
        {
            yield return Event(id, id - 1, isLast: id == count);
        }
    }
}
