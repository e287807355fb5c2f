using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One page of the list of connections.</summary>
/// <param name="At">The time of the answer.</param>
/// <param name="Summary">Totals over all connections, whatever was asked for.</param>
/// <param name="Matched">The number of connections that match the query.</param>
/// <param name="Connections">The connections on this page.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record ConnectionPage(
    DateTimeOffset At,
    ConnectionSummary Summary,
    int Matched,
    IReadOnlyList<ConnectionRow> Connections,
    string? Next
);

/// <summary>Totals over all connections.</summary>
/// <param name="Connections">The number of open connections.</param>
/// <param name="Subscriptions">The number of their subscriptions.</param>
/// <param name="Conditions">The number of subscriptions in each condition.</param>
/// <param name="QueuedBytes">The memory of the messages that wait for clients.</param>
/// <param name="Ended">The number of ended connections that are remembered.</param>
/// <param name="IsDraining">True if the gateway is shutting down.</param>
/// <param name="Backends">The state of each backend.</param>
internal sealed record ConnectionSummary(
    int Connections,
    int Subscriptions,
    IReadOnlyDictionary<Condition, int> Conditions,
    long QueuedBytes,
    int Ended,
    bool IsDraining,
    IReadOnlyList<BackendRow> Backends
);

/// <summary>The state of one backend, as in the readiness check.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="IsTroubled">True if a watch broke and none has made progress since.</param>
/// <param name="Streams">The number of open streams.</param>
/// <param name="Replicas">The number of its replicas.</param>
/// <param name="ReplicasAway">The number of replicas that failed and haven't answered since.</param>
internal sealed record BackendRow(string Name, bool IsTroubled, int Streams, int Replicas, int ReplicasAway);

/// <summary>One connection in a list.</summary>
/// <param name="Id">Its id, as in the log.</param>
/// <param name="Since">The time it connected.</param>
/// <param name="Who">The client.</param>
/// <param name="IsEnding">True if its end is decided.</param>
/// <param name="Condition">The worst condition of its subscriptions; null if it has none.</param>
/// <param name="Subscriptions">The number of its subscriptions.</param>
/// <param name="Jobs">The first <see cref="MostJobs"/> of them, the worst first.</param>
/// <param name="LagEvents">The largest lag of a subscription, in event ids.</param>
/// <param name="LagSeconds">The longest time that an event has waited.</param>
/// <param name="QueuedBytes">The memory of the messages that wait.</param>
/// <param name="Sent">The events and bytes that the client took.</param>
internal sealed record ConnectionRow(
    string Id,
    DateTimeOffset Since,
    ClientDetail Who,
    bool IsEnding,
    Condition? Condition,
    int Subscriptions,
    IReadOnlyList<SubscriptionRow> Jobs,
    long? LagEvents,
    double? LagSeconds,
    long QueuedBytes,
    SentDetail Sent
)
{
    /// <summary>The largest number of subscriptions of one connection in a list.</summary>
    public const int MostJobs = 5;

    public static ConnectionRow Of(ConnectionProgress progress, Snapshot snapshot)
    {
        var session = progress.Session;
        var jobs = new List<SubscriptionRow>();
        foreach (ref readonly var view in snapshot.SubscriptionsOf(session))
        {
            var one = snapshot.ProgressOf(view);
            jobs.Add(new SubscriptionRow(view.JobId, one.Condition, one.Cursor, one.Head));
        }

        return new ConnectionRow(
            session.Client.ConnectionId,
            session.Since,
            ClientDetail.Of(session.Client),
            session.IsEnding,
            progress.Condition,
            jobs.Count,
            [.. jobs.OrderByDescending(job => job.Condition).Take(MostJobs)],
            progress.LagEvents,
            progress.LagSeconds,
            session.QueuedBytes,
            new SentDetail(session.Tally.EventsSent, session.Tally.BytesSent)
        );
    }
}

/// <summary>One connection in detail, open or ended.</summary>
/// <param name="At">The time of the answer; for an ended connection the time of its end.</param>
/// <param name="Id">Its id, as in the log.</param>
/// <param name="State">The stage of its life.</param>
/// <param name="Since">The time it connected.</param>
/// <param name="Who">The client.</param>
/// <param name="End">Its end; null while it is open.</param>
/// <param name="MessagesReceived">The number of messages that the client sent.</param>
/// <param name="MessagesSent">The number of messages that the client took.</param>
/// <param name="Sent">The events and bytes in them.</param>
/// <param name="QueuedBytes">The memory of the messages that wait.</param>
/// <param name="Replays">The number of one-off replays in progress.</param>
/// <param name="ReplaysWaiting">The number of one-off replays that wait for their turn.</param>
/// <param name="SubscriptionCount">The number of its subscriptions.</param>
/// <param name="Subscriptions">Those subscriptions; of an ended connection the first <see cref="MostKept"/>.</param>
/// <param name="Timeline">Its timeline, oldest entry first.</param>
/// <param name="TimelineDropped">The number of earlier entries that were dropped.</param>
internal sealed record ConnectionDetail(
    DateTimeOffset At,
    string Id,
    ConnectionState State,
    DateTimeOffset Since,
    ClientDetail Who,
    EndDetail? End,
    long MessagesReceived,
    long MessagesSent,
    SentDetail Sent,
    long QueuedBytes,
    int Replays,
    int ReplaysWaiting,
    int SubscriptionCount,
    IReadOnlyList<SubscriptionDetail> Subscriptions,
    IReadOnlyList<TimelineEntry> Timeline,
    long TimelineDropped
)
{
    /// <summary>The largest number of subscriptions that are remembered of an ended connection.</summary>
    public const int MostKept = 100;

    /// <param name="session">The connection.</param>
    /// <param name="end">Its end; null while it is open.</param>
    /// <param name="snapshot">The progress of its subscriptions.</param>
    /// <param name="most">The largest number of subscriptions in the answer.</param>
    /// <param name="now">The time of the answer.</param>
    public static ConnectionDetail Of(Session session, EndDetail? end, Snapshot snapshot, int most, DateTimeOffset now)
    {
        var subscriptions = new List<SubscriptionDetail>();
        var views = snapshot.SubscriptionsOf(session);
        foreach (ref readonly var view in views[..Math.Min(most, views.Length)])
        {
            var subscription = snapshot.DetailOf(view);
            subscriptions.Add(end is null ? subscription : subscription with { State = null });
        }

        var (tally, replays) = (session.Tally, session.Replays);
        var (timeline, dropped) = session.Timeline?.Read() ?? ([], 0);
        return new ConnectionDetail(
            now,
            session.Client.ConnectionId,
            end is not null ? ConnectionState.Ended
                : session.IsEnding ? ConnectionState.Ending
                : ConnectionState.Open,
            session.Since,
            ClientDetail.Of(session.Client),
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

/// <summary>The stages of a connection's life.</summary>
internal enum ConnectionState
{
    Open,

    /// <summary>Its end is decided; the last messages and the close frame are being sent.</summary>
    Ending,

    Ended,
}

/// <summary>The client of a connection.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port; null if a proxy in front didn't tell it.</param>
/// <param name="UserAgent">Its <c>User-Agent</c>.</param>
/// <param name="Origin">The page that it belongs to.</param>
/// <param name="Name">The subject of its token; null if the gateway asks for none.</param>
/// <param name="Transport">The transport, as in the metrics.</param>
internal sealed record ClientDetail(string? Address, int? Port, string? UserAgent, string? Origin, string? Name, string Transport)
{
    public static ClientDetail Of(ClientInfo client) =>
        new(
            client.Address?.ToString(),
            client.Port > 0 ? client.Port : null,
            client.UserAgent,
            client.Origin,
            client.Name,
            TagValue.Of(client.Transport)
        );
}

/// <summary>The events and bytes that a client's socket has taken.</summary>
/// <param name="Events">The number of events.</param>
/// <param name="Bytes">The number of bytes in the messages with them.</param>
internal sealed record SentDetail(long Events, long Bytes);

/// <summary>The request to close a connection.</summary>
/// <param name="ComeBack">True if the client is to connect again.</param>
internal sealed record CloseRequest(bool? ComeBack);

/// <summary>The request to close many connections, those that the filters in the query select.</summary>
/// <param name="ComeBack">True if the clients are to connect again.</param>
/// <param name="Share">The share of them to close, in percent.</param>
internal sealed record CloseManyRequest(bool? ComeBack, double? Share);

/// <summary>The answer to a <see cref="CloseManyRequest"/>.</summary>
/// <param name="Matched">The number of connections that the filters select.</param>
/// <param name="Closed">The number of those that are closed.</param>
/// <param name="CloseCode">The close code that the clients get.</param>
/// <param name="Reason">The close reason that the clients get.</param>
internal sealed record CloseManyAnswer(int Matched, int Closed, int CloseCode, string Reason);

/// <summary>The answer to a <see cref="CloseRequest"/>.</summary>
/// <param name="Id">The connection's id.</param>
/// <param name="CloseCode">The close code that the client gets.</param>
/// <param name="Reason">The close reason that the client gets.</param>
internal sealed record CloseAnswer(string Id, int CloseCode, string Reason);
