using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Load;

/// <summary><c>load-&lt;n&gt;</c>: a job that ended long ago and left n events of history.</summary>
internal sealed class FinishedLoad(LoadEvents jobEvents, int count) : IJobLog
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The same for everybody: the events depend on nothing but the job's name.
    public string Epoch => "load-v1";

    public LogPage Read(long afterEventId)
    {
        // A watch that wants no history asks after the greatest id there is.
        afterEventId = Math.Min(afterEventId, count);
        var left = Math.Min(count - afterEventId, LogPage.MaxEvents);
        var events = new List<JobEvent>((int)left);
        for (var id = afterEventId + 1; id <= afterEventId + left; id++)
        {
            events.Add(Event(id));
        }

        return new LogPage(1, count, Ended: true, events);
    }

    public Task<bool> AppendedAsync(long afterEventId, TimeSpan within, CancellationToken token) =>
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
