using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The subscriptions to one job.</summary>
/// <param name="At">The time of the answer.</param>
/// <param name="JobId">The job.</param>
/// <param name="Backend">The backend that has the job by the settings; null if none has.</param>
/// <param name="Head">The newest event of the job that is known here.</param>
/// <param name="Conditions">The number of subscriptions in each condition.</param>
/// <param name="Matched">The number of subscriptions that match the query.</param>
/// <param name="Watches">The subscriptions on this page.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
/// <param name="Ended">The remembered connections that watched it and have ended, the latest first.</param>
internal sealed record JobPage(
    DateTimeOffset At,
    string JobId,
    string? Backend,
    long? Head,
    IReadOnlyDictionary<Condition, int> Conditions,
    int Matched,
    IReadOnlyList<JobWatch> Watches,
    string? Next,
    IReadOnlyList<EndedRow> Ended
);

/// <summary>One connection's subscription to a job.</summary>
/// <param name="ConnectionId">The connection's id.</param>
/// <param name="ConnectedSince">The time it connected.</param>
/// <param name="Who">The client.</param>
/// <param name="Subscription">Its subscription to the job.</param>
internal sealed record JobWatch(string ConnectionId, DateTimeOffset ConnectedSince, ClientDetail Who, SubscriptionDetail Subscription)
{
    /// <returns>The subscription; null if the connection doesn't watch the job any more.</returns>
    public static JobWatch? Of(Session session, string jobId, Snapshot snapshot)
    {
        foreach (ref readonly var view in snapshot.SubscriptionsOf(session))
        {
            if (view.JobId == jobId)
            {
                return new JobWatch(session.Client.ConnectionId, session.Since, ClientDetail.Of(session.Client), snapshot.DetailOf(view));
            }
        }

        return null;
    }
}
