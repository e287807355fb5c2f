namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One page of the connections that have ended, the latest first.</summary>
/// <param name="At">The time of the answer.</param>
/// <param name="Matched">The number of remembered connections that match the query.</param>
/// <param name="Connections">The connections on this page.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record EndedPage(DateTimeOffset At, int Matched, IReadOnlyList<EndedRow> Connections, string? Next);

/// <summary>One connection in the list of those that have ended.</summary>
/// <param name="Id">Its id, as in the log.</param>
/// <param name="Since">The time it connected.</param>
/// <param name="Who">The client.</param>
/// <param name="End">Its end.</param>
/// <param name="Sent">The events and bytes that the client took.</param>
/// <param name="Subscriptions">The number of its subscriptions.</param>
/// <param name="Jobs">The progress of the first of them.</param>
internal sealed record EndedRow(
    string Id,
    DateTimeOffset Since,
    ClientDetail Who,
    EndDetail End,
    SentDetail Sent,
    int Subscriptions,
    IReadOnlyList<SubscriptionRow> Jobs
)
{
    public static EndedRow Of(ConnectionDetail ended) => Of(ended, ended.Subscriptions.Take(ConnectionRow.MostJobs));

    /// <returns>The connection with that job alone; null if it didn't watch the job.</returns>
    public static EndedRow? Of(ConnectionDetail ended, string jobId) =>
        ended.Subscriptions.Where(subscription => subscription.JobId == jobId).ToList() is { Count: > 0 } found ? Of(ended, found) : null;

    private static EndedRow Of(ConnectionDetail ended, IEnumerable<SubscriptionDetail> jobs) =>
        new(
            ended.Id,
            ended.Since,
            ended.Who,
            ended.End!,
            ended.Sent,
            ended.SubscriptionCount,
            [.. jobs.Select(job => new SubscriptionRow(job.JobId, job.Condition, job.Cursor, job.Head))]
        );
}

/// <summary>The end of a connection.</summary>
/// <param name="At">The time of the end.</param>
/// <param name="Reason">The reason, as in the log.</param>
/// <param name="CloseCode">The close code that was sent; null if nothing could be sent any more.</param>
internal sealed record EndDetail(DateTimeOffset At, string Reason, int? CloseCode);
