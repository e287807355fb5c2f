namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>The log of a job that ran: what SQLite has of it.</summary>
internal sealed class StoredJobLog(long jobNumber, EventLog log, JobFeed feed) : IJobLog
{
    public string Epoch => log.Epoch;

    public LogPage Read(long afterEventId) => log.Read(jobNumber, afterEventId);

    public Task<bool> AppendedAsync(long afterEventId, TimeSpan within, CancellationToken token) =>
        feed.AppendedAsync(afterEventId, within, token);
}
