namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One connection in the list of those that have ended.</summary>
/// <param name="Id">Its id, as in the log.</param>
/// <param name="Since">When it connected.</param>
/// <param name="Who">Who was at the other end.</param>
/// <param name="End">How it ended.</param>
/// <param name="Sent">What it took.</param>
/// <param name="Subscriptions">How many subscriptions it had.</param>
/// <param name="Jobs">How far the first of them had come.</param>
internal sealed record EndedRow(
    string Id,
    DateTimeOffset Since,
    WhoDetail Who,
    EndDetail End,
    SentDetail Sent,
    int Subscriptions,
    IReadOnlyList<SubscriptionRow> Jobs
)
{
    public static EndedRow Of(ConnectionDetail ended) => Of(ended, ended.Subscriptions.Take(ConnectionRow.MostJobs));

    /// <returns>With that job alone; null where it didn't watch it.</returns>
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
