using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>All about one connection, while it is there and afterwards.</summary>
/// <param name="At">As of when.</param>
/// <param name="Id">Its id, as in the log.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Since">When it connected.</param>
/// <param name="Who">Who is at the other end.</param>
/// <param name="End">How it ended; null while it is there.</param>
/// <param name="MessagesReceived">How many messages the client sent.</param>
/// <param name="MessagesSent">How many it took.</param>
/// <param name="Sent">With so many events and bytes.</param>
/// <param name="QueuedBytes">The memory that what waits for it occupies.</param>
/// <param name="Replays">How many one-off replays are being answered.</param>
/// <param name="ReplaysWaiting">How many more wait.</param>
/// <param name="SubscriptionCount">How many subscriptions it has.</param>
/// <param name="Subscriptions">Those subscriptions; of a connection that has ended the first <see cref="MostKept"/>.</param>
/// <param name="Timeline">What happened, oldest first.</param>
/// <param name="TimelineDropped">How much happened before that.</param>
internal sealed record ConnectionDetail(
    DateTimeOffset At,
    string Id,
    ConnectionState State,
    DateTimeOffset Since,
    WhoDetail Who,
    EndDetail? End,
    long MessagesReceived,
    long MessagesSent,
    SentDetail Sent,
    long QueuedBytes,
    int Replays,
    int ReplaysWaiting,
    int SubscriptionCount,
    IReadOnlyList<SubscriptionDetail> Subscriptions,
    IReadOnlyList<Happening> Timeline,
    long TimelineDropped
)
{
    /// <summary>How many subscriptions of a connection are remembered once it has ended.</summary>
    public const int MostKept = 100;

    /// <param name="session">The connection.</param>
    /// <param name="end">How it ended; null while it is there.</param>
    /// <param name="look">What is known of the logs of its jobs.</param>
    /// <param name="most">How many of its subscriptions to tell of.</param>
    /// <param name="now">As of when.</param>
    public static ConnectionDetail Of(Session session, EndDetail? end, Look look, int most, DateTimeOffset now)
    {
        var subscriptions = new List<SubscriptionDetail>();
        var views = look.SubscriptionsOf(session);
        foreach (ref readonly var view in views[..Math.Min(most, views.Length)])
        {
            var subscription = look.DetailOf(view);
            subscriptions.Add(end is null ? subscription : subscription with { State = null });
        }

        var (tally, replays) = (session.Tally, session.Replays);
        var (timeline, dropped) = session.Timeline?.Read() ?? ([], 0);
        return new ConnectionDetail(
            now,
            session.Visitor.ConnectionId,
            end is not null ? ConnectionState.Ended
                : session.IsEnding ? ConnectionState.Ending
                : ConnectionState.Open,
            session.Since,
            WhoDetail.Of(session.Visitor),
            end,
            tally.MessagesReceived,
            tally.MessagesSent,
            new SentDetail(tally.EventsSent, tally.BytesSent),
            session.QueuedBytes,
            replays.Running,
            replays.Waiting,
            views.Length,
            subscriptions,
            timeline,
            dropped
        );
    }
}
