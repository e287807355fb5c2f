namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>An append that waits to be committed, and what became of it.</summary>
internal sealed class QueuedAppend(JobAppend append)
{
    // Not inline: the writer has the next commit to make.
    private readonly TaskCompletionSource<long> durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobAppend Append { get; } = append;

    /// <summary>The job's last id as the commit makes it. Its writer alone uses it.</summary>
    public long LastId { get; set; }

    /// <summary>The reason for which nothing is appended; null if it is.</summary>
    public Exception? Refusal { get; set; }

    public Task<long> Durable => durable.Task;

    public void Committed()
    {
        if (Refusal is { } refusal)
        {
            durable.TrySetException(refusal);
        }
        else
        {
            durable.TrySetResult(LastId);
        }
    }

    public void GivenUp() => durable.TrySetCanceled();
}
