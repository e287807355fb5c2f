using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>A log that is written. One lock is the order of its writer and its readers. Its ids have holes, as they may.</summary>
internal sealed class MemoryLog : JobLog
{
    private const int Step = 3;

    private readonly Lock gate = new();
    private readonly List<JobEvent> events = [];
    private TaskCompletionSource appended = New();
    private bool isCut;

    public override LogState Look()
    {
        lock (gate)
        {
            return new LogState(events.Count > 0 ? events[^1].Id : 0, events.Count > 0 && IsTerminal(events[^1]), appended.Task);
        }
    }

    public override IEnumerable<JobEvent> Read(long after, long upTo)
    {
        lock (gate)
        {
            return [.. events.Skip((int)(after / Step)).Where(e => e.Id > after && e.Id <= upTo)];
        }
    }

    public void Append(bool isLast = false)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            if (isCut)
            {
                return;
            }

            var previous = events.Count * Step;
            events.Add(Event(previous + Step, previous, isLast));
            (signal, appended) = (appended, New());
        }

        signal.SetResult();
    }

    /// <summary>Loses its newest events for ever, or has others by their ids.</summary>
    public void Forget(bool isRewritten)
    {
        lock (gate)
        {
            var kept = events.Count / 2;
            for (var i = kept; i < events.Count && isRewritten; i++)
            {
                events[i].Stage = "another";
            }

            isCut = !isRewritten;
            events.RemoveRange(kept, isRewritten ? 0 : events.Count - kept);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
