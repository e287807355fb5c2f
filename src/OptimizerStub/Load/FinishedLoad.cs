using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;

namespace OptimizationGateway.OptimizerStub.Load;

/// <summary><c>load-&lt;n&gt;</c>: a job that ended long ago and left n events of history.</summary>
internal sealed class FinishedLoad(LoadEvents jobEvents, int count) : IJobLog
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The same for everybody: the events depend on nothing but the job's name.
    private readonly JobLogState state = new("load-v1", EarliestId: 1, count, Ended: true);

    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => new(state);

    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token)
    {
        // It may be any id that a caller gives.
        afterEventId = Math.Min(afterEventId, count);
        var left = Math.Min(count - afterEventId, JobLogPage.MaxEvents);
        var events = new List<JobEvent>((int)left);
        for (var id = afterEventId + 1; id <= afterEventId + left; id++)
        {
            events.Add(Event(id));
        }

        return new(new JobLogPage(state, events));
    }

    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) =>
        throw new InvalidOperationException("A job that has ended is not waited for.");

    private JobEvent Event(long id)
    {
        var at = Begin.AddMilliseconds(10 * id);
        return id switch
        {
            _ when id == count => jobEvents.Completed(id, at),
            1 => jobEvents.Started(at),
            _ => jobEvents.Iteration(id, at),
        };
    }
}
