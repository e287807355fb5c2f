namespace OptimizationGateway.JobLogs;

/// <summary>
/// Wakes those who wait for the events of one job. It carries no events: each watch reads them from the log, so that a thousand sleeping
/// watches cost the log nothing and a live event can't overtake history.
/// </summary>
/// <param name="time">The clock of the waits.</param>
public sealed class JobFeed(TimeProvider time)
{
    private long lastId;
    private TaskCompletionSource appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The greatest id that was published; 0: none.</summary>
    public long LastId => Volatile.Read(ref lastId);

    /// <summary>Tells that an event is in the log and can be read. To be called after it is durable, never before.</summary>
    /// <param name="lastId">The id of the log's newest event. A lower one than before changes nothing.</param>
    public void Publish(long lastId)
    {
        for (var known = LastId; known < lastId; known = LastId)
        {
            if (Interlocked.CompareExchange(ref this.lastId, lastId, known) == known)
            {
                Wake();
                return;
            }
        }
    }

    /// <summary>Waits until an event after an id has been published, as <see cref="IJobLog.WaitAsync"/> has it.</summary>
    /// <param name="afterEventId">The id.</param>
    /// <param name="within">The longest wait.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if there may be such an event; false if there was none within the time.</returns>
    public async Task<bool> WaitAsync(long afterEventId, TimeSpan within, CancellationToken token)
    {
        // Taken before the look at the id: an append between the two has completed this very task.
        var next = Volatile.Read(ref appended).Task;
        if (LastId > afterEventId)
        {
            return true;
        }

        // Quiet watches time out again and again: an exception each time would cost more than everything else that they do.
        await next.WaitAsync(within, time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        token.ThrowIfCancellationRequested();
        return next.IsCompleted;
    }

    private void Wake()
    {
        var last = Interlocked.Exchange(ref appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        last.TrySetResult();
    }
}
