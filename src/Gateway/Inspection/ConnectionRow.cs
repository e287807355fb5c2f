namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One connection in a list.</summary>
/// <param name="Id">Its id, as in the log.</param>
/// <param name="Since">When it connected.</param>
/// <param name="Who">Who is at the other end.</param>
/// <param name="IsEnding">Whether it is decided how it ends.</param>
/// <param name="Condition">The worst of its subscriptions'; null where it has none.</param>
/// <param name="Subscriptions">How many it has.</param>
/// <param name="Jobs">The first of them, the worst first.</param>
/// <param name="LagEvents">The most that one of them lags.</param>
/// <param name="LagSeconds">The longest that something waits in one of them.</param>
/// <param name="QueuedBytes">The memory that what waits for it occupies.</param>
/// <param name="Sent">What it took.</param>
internal sealed record ConnectionRow(
    string Id,
    DateTimeOffset Since,
    WhoDetail Who,
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
    /// <summary>How many subscriptions of a connection stand in a list.</summary>
    public const int MostJobs = 5;

    public static ConnectionRow Of(ConnectionReading reading, Look look)
    {
        var session = reading.Session;
        var jobs = new List<SubscriptionRow>();
        foreach (ref readonly var view in look.SubscriptionsOf(session))
        {
            var one = look.Read(view);
            jobs.Add(new SubscriptionRow(view.JobId, one.Condition, one.Cursor, one.Head));
        }

        return new ConnectionRow(
            session.Visitor.ConnectionId,
            session.Since,
            WhoDetail.Of(session.Visitor),
            session.IsEnding,
            reading.Condition,
            jobs.Count,
            [.. jobs.OrderByDescending(job => job.Condition).Take(MostJobs)],
            reading.LagEvents,
            reading.LagSeconds,
            session.QueuedBytes,
            new SentDetail(session.Tally.EventsSent, session.Tally.BytesSent)
        );
    }
}
