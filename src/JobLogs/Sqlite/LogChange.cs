namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>Something that waits to be committed, and what became of it.</summary>
/// <param name="jobId">The job.</param>
internal abstract class LogChange(string jobId)
{
    // Not inline: the writer has the next commit to make.
    private readonly TaskCompletionSource<JobAppendResult?> durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string JobId => jobId;

    /// <summary>The outcome as the commit makes it; null: nothing changed. The writer alone uses it.</summary>
    public JobAppendResult? Result { get; set; }

    /// <summary>The reason for which nothing is changed; null if it is.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Completes when the change is on disk.</summary>
    public Task<JobAppendResult?> Durable => durable.Task;

    public void Committed()
    {
        if (Refusal is { } refusal)
        {
            durable.TrySetException(refusal);
        }
        else
        {
            durable.TrySetResult(Result);
        }
    }

    public void GivenUp() => durable.TrySetCanceled();
}

/// <summary>An append.</summary>
internal sealed class QueuedAppend(JobAppend append) : LogChange(append.JobId)
{
    public JobAppend Append { get; } = append;
}

/// <summary>A lease that may have run out.</summary>
internal sealed class QueuedExpiry(string jobId) : LogChange(jobId);

/// <summary>An ended job that may be too old to be kept.</summary>
/// <param name="jobId">The job.</param>
/// <param name="before">The time before which it must have ended.</param>
internal sealed class QueuedDrop(string jobId, DateTimeOffset before) : LogChange(jobId)
{
    public DateTimeOffset Before { get; } = before;
}
