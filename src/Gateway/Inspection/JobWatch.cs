using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One who watches a job.</summary>
/// <param name="ConnectionId">The connection.</param>
/// <param name="ConnectedSince">Since when it is there.</param>
/// <param name="Who">Who is at the other end.</param>
/// <param name="Subscription">Its subscription to the job.</param>
internal sealed record JobWatch(string ConnectionId, DateTimeOffset ConnectedSince, WhoDetail Who, SubscriptionDetail Subscription)
{
    /// <returns>Null where it doesn't watch the job any more.</returns>
    public static JobWatch? Of(Session session, string jobId, Look look)
    {
        foreach (ref readonly var view in look.SubscriptionsOf(session))
        {
            if (view.JobId == jobId)
            {
                return new JobWatch(session.Visitor.ConnectionId, session.Since, WhoDetail.Of(session.Visitor), look.DetailOf(view));
            }
        }

        return null;
    }
}
