using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// One connection's one-off replays: answered one at a time per job, in order, a few jobs at once, and a few may wait. One is done when its
/// answer is on its way, so that a client that doesn't read can't pile answers up.
/// </summary>
internal sealed class ReplayQueue(
    JobSource source,
    Outbox outbox,
    int maxWaiting,
    TimeProvider time,
    Timeline? timeline,
    Action<Exception> onFault
)
{
    private const int MaxRunning = 4;

    private readonly Lock gate = new();
    private readonly List<ClientMessage> waiting = [];
    private readonly Dictionary<string, Entry> running = new(StringComparer.Ordinal);
    private readonly List<Task> tasks = [];
    private bool isEnded;

    /// <summary>How many are being answered, and how many wait.</summary>
    public (int Running, int Waiting) Count
    {
        get
        {
            lock (gate)
            {
                return (running.Count, waiting.Count);
            }
        }
    }

    /// <returns>False where too many wait.</returns>
    public bool TryAdd(ClientMessage replay)
    {
        lock (gate)
        {
            if (waiting.Count >= maxWaiting && !CanStart(replay))
            {
                return false;
            }

            waiting.Add(replay);
            StartNext();
            return true;
        }
    }

    /// <summary>Drops the job's replays, answered in part or not at all.</summary>
    public void Drop(string jobId)
    {
        lock (gate)
        {
            waiting.RemoveAll(replay => replay.JobId == jobId);
            if (running.TryGetValue(jobId, out var entry))
            {
                entry.Stop();
                outbox.Remove(entry.Lane);
            }
        }
    }

    /// <summary>Drops them all and waits until they have ended.</summary>
    public Task EndAllAsync()
    {
        lock (gate)
        {
            isEnded = true;
            waiting.Clear();
            foreach (var jobId in running.Keys.ToList())
            {
                Drop(jobId);
            }

            return Task.WhenAll(tasks);
        }
    }

    private bool CanStart(ClientMessage replay) =>
        !isEnded
        && running.Count < MaxRunning
        && !running.ContainsKey(replay.JobId)
        && !waiting.TakeWhile(earlier => !ReferenceEquals(earlier, replay)).Any(earlier => earlier.JobId == replay.JobId);

    private void StartNext()
    {
        while (waiting.FirstOrDefault(CanStart) is { } next)
        {
            waiting.Remove(next);
            tasks.RemoveAll(task => task.IsCompleted);
            var lane = outbox.OpenLane();
            var entry = new Entry(lane, outbox.Ticket(lane));
            running[next.JobId] = entry;
            tasks.Add(RunAsync(next, entry));
        }
    }

    private async Task RunAsync(ClientMessage request, Entry entry)
    {
        await Task.Yield();
        try
        {
            var watcher = source.Watch(request, historyOnly: true, timeline);
            await new OneOffReplay(request, watcher, entry.Ticket, source.Translation, time, timeline).RunAsync(entry.Token);
        }
        catch (OperationCanceledException) when (entry.Token.IsCancellationRequested)
        {
            // The client wants no more of it.
        }
        catch (Exception e)
        {
            onFault(e);
        }

        lock (gate)
        {
            outbox.Remove(entry.Lane);
            running.Remove(request.JobId);
            entry.Dispose();
            StartNext();
        }
    }

    private sealed class Entry(Lane lane, LaneTicket ticket) : IDisposable
    {
        private readonly CancellationTokenSource cancel = new();

        public Lane Lane => lane;

        public LaneTicket Ticket => ticket;

        public CancellationToken Token => cancel.Token;

        public void Stop() => cancel.Cancel();

        public void Dispose() => cancel.Dispose();
    }
}
