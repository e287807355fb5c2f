using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// The one-off replays of one connection. They are answered one at a time per job, in order, and a few jobs at once; a few may wait. A
/// replay is done when its answer is on its way, so that a client that doesn't read can't pile answers up.
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
    private readonly Dictionary<string, JobTask> running = new(StringComparer.Ordinal);
    private readonly List<Task> tasks = [];
    private bool isEnded;

    /// <summary>The number of replays that are being answered, and of those that wait.</summary>
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

    /// <summary>Adds a replay, and starts it if it need not wait.</summary>
    /// <returns>False if too many wait.</returns>
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
            if (running.TryGetValue(jobId, out var task))
            {
                task.Stop();
                outbox.Remove(task.Lane);
            }
        }
    }

    /// <summary>Drops all replays and waits until they have ended.</summary>
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
            var ticket = outbox.Ticket(lane);
            var answer = new JobTask(lane, stop => AnswerAsync(next, ticket, stop), onFault);
            running[next.JobId] = answer;
            tasks.Add(GoOnAfterAsync(next.JobId, answer));
        }
    }

    private Task AnswerAsync(ClientMessage request, LaneTicket ticket, CancellationToken stop)
    {
        var watcher = source.Feeds.NewWatch(source.StartOf(request, historyOnly: true, ticket.Owner, timeline));
        return new OneOffReplay(request, watcher, ticket, source.Translation, time, timeline).RunAsync(stop);
    }

    private async Task GoOnAfterAsync(string jobId, JobTask task)
    {
        await task.Running;
        lock (gate)
        {
            outbox.Remove(task.Lane);
            running.Remove(jobId);
            task.Dispose();
            StartNext();
        }
    }
}
