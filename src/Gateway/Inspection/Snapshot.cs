using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Reads the subscriptions of many connections, for one answer.</summary>
internal sealed class Snapshot
{
    private readonly NewestIds newest = new();
    private readonly TimeProvider time;

    /// <summary>The subscriptions of one connection; reused for the next one to save allocations.</summary>
    private readonly List<SubscriptionView> views = [];

    /// <param name="sessions">The connections to read.</param>
    public Snapshot(IReadOnlyCollection<Session> sessions, TimeProvider time)
    {
        this.time = time;
        Sessions = sessions;
        foreach (var session in Sessions)
        {
            foreach (ref readonly var view in SubscriptionsOf(session))
            {
                newest.Add(view);
            }
        }
    }

    public IReadOnlyCollection<Session> Sessions { get; }

    /// <summary>The subscriptions of one connection; valid until the next call.</summary>
    public ReadOnlySpan<SubscriptionView> SubscriptionsOf(Session session)
    {
        views.Clear();
        session.AddSubscriptionsTo(views);
        return CollectionsMarshal.AsSpan(views);
    }

    public SubscriptionProgress ProgressOf(in SubscriptionView view) => SubscriptionProgress.Of(view, newest.Of(view), time);

    public SubscriptionDetail DetailOf(in SubscriptionView view) => SubscriptionDetail.Of(view, ProgressOf(view));

    /// <summary>Adds the newest event that open connections know of to a subscription of an ended one.</summary>
    public SubscriptionDetail Compare(SubscriptionDetail ended) => ended with { HeadNow = newest.Of(ended.JobId, ended.Epoch ?? "") };
}

/// <summary>
/// Keeps the newest known event id of each log. A slow reader's subscription lags behind what another subscription to the same log
/// knows. Logs of one job with different epochs are different logs.
/// </summary>
internal sealed class NewestIds
{
    private readonly Dictionary<(string JobId, string Epoch), long> newest = [];

    public void Add(in SubscriptionView view)
    {
        if (view.Watch is not { Head: { } head } watch)
        {
            return;
        }

        var log = (view.JobId, watch.Epoch);
        if (!newest.TryGetValue(log, out var known) || known < head)
        {
            newest[log] = head;
        }
    }

    /// <returns>The newest id of the subscription's log; null if none is known.</returns>
    public long? Of(in SubscriptionView view) => view.Watch is { } watch ? Of(view.JobId, watch.Epoch) : null;

    public long? Of(string jobId, string epoch) => newest.TryGetValue((jobId, epoch), out var head) ? head : null;
}
