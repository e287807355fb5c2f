using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// The subscriptions of one connection, at most one a job. Only the receive loop changes them, so that one job's messages are taken in
/// order. No change waits, so that the loop can always read on. <see cref="AddTo"/> can be called from any thread.
/// </summary>
/// <param name="source">The source of watches.</param>
/// <param name="outbox">The connection's outbox.</param>
/// <param name="limit">The number of subscriptions allowed.</param>
/// <param name="timeline">The connection's timeline; null if none is kept.</param>
/// <param name="onFault">Called with a fault of the gateway, after which the connection can't go on.</param>
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
    private readonly List<JobTask> ending = [];

    /// <summary>Adds the subscriptions as they are now; once all were ended, as they were at the end.</summary>
    public void AddTo(List<SubscriptionView> views)
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                views.Add(entry.Subscription.View(outbox.View(entry.Task.Lane)));
            }
        }
    }

    /// <summary>Returns true if there is a subscription to the job, or was one that has ended by itself.</summary>
    public bool Has(string jobId) => entries.ContainsKey(jobId);

    /// <summary>Starts a subscription, in place of an earlier one to the same job.</summary>
    /// <returns>False if there are as many as are allowed.</returns>
    public bool TryStart(ClientMessage subscribe)
    {
        Sweep();
        var hasEarlier = entries.TryGetValue(subscribe.JobId, out var earlier);
        if (!hasEarlier && entries.Count >= limit)
        {
            return false;
        }

        var lane = earlier?.Task.Lane ?? outbox.OpenLane();
        var replacesOpen = false;
        if (earlier is not null)
        {
            earlier.Task.Stop();
            replacesOpen = outbox.Clear(lane);
            ending.Add(earlier.Task);
        }

        var subscription = new Subscription(subscribe, source, outbox.Ticket(lane), replacesOpen, time, metrics, timeline);
        var task = new JobTask(lane, stop => RunAfterAsync(earlier?.Task, subscription, stop), onFault);
        lock (gate)
        {
            entries[subscribe.JobId] = new Entry(subscription, task);
        }

        return true;
    }

    /// <summary>Ends the job's subscription, if there is one, and drops its messages that wait.</summary>
    public void End(string jobId)
    {
        if (entries.TryGetValue(jobId, out var entry))
        {
            Stop(entry.Task);
            lock (gate)
            {
                entries.Remove(jobId);
            }
        }
    }

    /// <summary>Ends all subscriptions and waits until they have ended.</summary>
    public async Task EndAllAsync()
    {
        foreach (var entry in entries.Values)
        {
            Stop(entry.Task);
        }

        await Task.WhenAll(ending.Select(task => task.Running));
        ending.ForEach(task => task.Dispose());
        ending.Clear();
    }

    private void Stop(JobTask task)
    {
        task.Stop();
        outbox.Remove(task.Lane);
        ending.Add(task);
    }

    private static async Task RunAfterAsync(JobTask? earlier, Subscription subscription, CancellationToken stop)
    {
        // One stream a job: the old one first.
        await (earlier?.Running ?? Task.CompletedTask);
        await subscription.RunAsync(stop);
    }

    /// <summary>Removes subscriptions that have ended by themselves and told the client so.</summary>
    private void Sweep()
    {
        foreach (var ended in ending.Where(task => task.Running.IsCompleted).ToList())
        {
            ending.Remove(ended);
            ended.Dispose();
        }

        foreach (var (jobId, entry) in entries)
        {
            if (entry.Task.Running.IsCompleted)
            {
                End(jobId);
            }
        }
    }

    private sealed record Entry(Subscription Subscription, JobTask Task);
}
