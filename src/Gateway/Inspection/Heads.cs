using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// The newest event id that is known of each log: what one subscription hasn't heard of, since its reader holds it back, another has. Logs of
/// one job with different epochs are different logs.
/// </summary>
internal sealed class Heads
{
    private readonly Dictionary<(string JobId, string Epoch), long> heads = [];

    public void Take(in SubscriptionView view)
    {
        if (view.Watch is not { Head: { } head } watch)
        {
            return;
        }

        var log = (view.JobId, watch.Epoch);
        if (!heads.TryGetValue(log, out var known) || known < head)
        {
            heads[log] = head;
        }
    }

    /// <returns>Null where nothing is known of the log.</returns>
    public long? Of(in SubscriptionView view) => view.Watch is { } watch ? Of(view.JobId, watch.Epoch) : null;

    public long? Of(string jobId, string epoch) => heads.TryGetValue((jobId, epoch), out var head) ? head : null;
}
