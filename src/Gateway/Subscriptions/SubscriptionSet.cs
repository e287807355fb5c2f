using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// One connection's subscriptions, at most one a job. Only the receive loop changes it, so that one job's messages are taken in order; nothing
/// here waits, so that the loop can always read on. Anyone may look at it.
/// </summary>
/// <param name="source">Where the jobs come from.</param>
/// <param name="outbox">Where the messages go.</param>
/// <param name="limit">How many there may be.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Counts them.</param>
/// <param name="timeline">Is told what happens to them; null where nobody asks.</param>
/// <param name="onFault">Called with a fault of ours: the connection can't go on.</param>
internal sealed class SubscriptionSet(
    JobSource source,
    Outbox outbox,
    int limit,
    TimeProvider time,
    GatewayMetrics metrics,
    Timeline? timeline,
    Action<Exception> onFault
)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly List<Entry> ending = [];

    /// <summary>Adds what they are like now. Once all were ended: what they were like at the end.</summary>
    public void AddTo(List<SubscriptionView> views)
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                views.Add(entry.Subscription.View(outbox.View(entry.Lane)));
            }
        }
    }

    /// <summary>Starts a subscription, in place of the one there is to the job.</summary>
    /// <returns>False where there are as many as there may be.</returns>
    public bool TryStart(ClientMessage subscribe)
    {
        Sweep();
        var hasEarlier = entries.TryGetValue(subscribe.JobId, out var earlier);
        if (!hasEarlier && entries.Count >= limit)
        {
            return false;
        }

        var lane = earlier?.Lane ?? outbox.OpenLane();
        var replacesOpen = false;
        if (earlier is not null)
        {
            earlier.Stop();
            replacesOpen = outbox.Clear(lane);
            ending.Add(earlier);
        }

        var watcher = source.Watch(subscribe, historyOnly: false, timeline);
        var subscription = new Subscription(
            subscribe,
            watcher,
            outbox.Ticket(lane),
            replacesOpen,
            source.Translation,
            time,
            metrics,
            timeline
        );
        var entry = new Entry(lane, subscription, stop => RunAsync(subscription, earlier?.Running ?? Task.CompletedTask, stop));
        lock (gate)
        {
            entries[subscribe.JobId] = entry;
        }

        return true;
    }

    /// <summary>Ends the job's subscription and drops what of it wasn't sent; nothing where there is none.</summary>
    public void End(string jobId)
    {
        if (entries.TryGetValue(jobId, out var entry))
        {
            Stop(entry);
            lock (gate)
            {
                entries.Remove(jobId);
            }
        }
    }

    /// <summary>Ends them all and waits until they have.</summary>
    public async Task EndAllAsync()
    {
        foreach (var entry in entries.Values)
        {
            Stop(entry);
        }

        await Task.WhenAll(ending.Select(entry => entry.Running));
        ending.ForEach(entry => entry.Dispose());
        ending.Clear();
    }

    private void Stop(Entry entry)
    {
        entry.Stop();
        outbox.Remove(entry.Lane);
        ending.Add(entry);
    }

    private async Task RunAsync(Subscription subscription, Task earlier, CancellationToken stop)
    {
        // Off the receive loop: opening a stream does work before it first waits. And one stream a job: the old one first.
        await Task.Yield();
        await earlier;
        try
        {
            await subscription.RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client wants no more of it.
        }
        catch (Exception e)
        {
            onFault(e);
        }
    }

    /// <summary>Forgets what ended by itself and has told the client so.</summary>
    private void Sweep()
    {
        foreach (var ended in ending.Where(entry => entry.Running.IsCompleted).ToList())
        {
            ending.Remove(ended);
            ended.Dispose();
        }

        foreach (var (jobId, entry) in entries)
        {
            if (entry.Running.IsCompleted)
            {
                End(jobId);
            }
        }
    }

    private sealed class Entry : IDisposable
    {
        private readonly CancellationTokenSource cancel = new();

        public Entry(Lane lane, Subscription subscription, Func<CancellationToken, Task> run)
        {
            Lane = lane;
            Subscription = subscription;
            Running = run(cancel.Token);
        }

        public Lane Lane { get; }

        public Subscription Subscription { get; }

        public Task Running { get; }

        public void Stop() => cancel.Cancel();

        public void Dispose() => cancel.Dispose();
    }
}
