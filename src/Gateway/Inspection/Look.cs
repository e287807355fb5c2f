using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One look at many connections.</summary>
internal sealed class Look
{
    private readonly Heads heads = new();
    private readonly TimeProvider time;

    /// <summary>What one connection's subscriptions are like: filled anew for each, so that a look at many allocates little.</summary>
    private readonly List<SubscriptionView> views = [];

    /// <param name="here">Whom to look at.</param>
    /// <param name="time">The clock.</param>
    public Look(IReadOnlyCollection<Session> here, TimeProvider time)
    {
        this.time = time;
        Here = here;
        foreach (var session in Here)
        {
            foreach (ref readonly var view in SubscriptionsOf(session))
            {
                heads.Take(view);
            }
        }
    }

    /// <summary>Those who are here.</summary>
    public IReadOnlyCollection<Session> Here { get; }

    /// <summary>A connection's subscriptions, until the next one's are asked for.</summary>
    public ReadOnlySpan<SubscriptionView> SubscriptionsOf(Session session)
    {
        views.Clear();
        session.AddSubscriptionsTo(views);
        return CollectionsMarshal.AsSpan(views);
    }

    public Reading Read(in SubscriptionView view) => Reading.Of(view, heads.Of(view), time);

    /// <summary>A subscription of a connection that has ended, beside what those who are here know.</summary>
    public SubscriptionDetail Compare(SubscriptionDetail ended) => ended with { HeadNow = heads.Of(ended.JobId, ended.Epoch ?? "") };

    public SubscriptionDetail DetailOf(in SubscriptionView view) => SubscriptionDetail.Of(view, Read(view));
}
