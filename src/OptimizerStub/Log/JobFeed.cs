namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>
/// Wakes the watches of one job. It carries no events: each watch reads them from the log, so that a thousand sleeping
/// watches cost the database nothing and a live event can't overtake history.
/// </summary>
internal sealed class JobFeed(TimeProvider time)
{
    private long latestId;
    private TaskCompletionSource appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Publish(long latestId)
    {
        Volatile.Write(ref this.latestId, latestId);
        var last = Interlocked.Exchange(ref appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        last.TrySetResult();
    }

    public async Task<bool> AppendedAsync(long afterEventId, TimeSpan within, CancellationToken token)
    {
        // Taken before the look at the id: an append between the two has completed this very task.
        var next = Volatile.Read(ref appended).Task;
        if (Volatile.Read(ref latestId) > afterEventId)
        {
            return true;
        }

        try
        {
            await next.WaitAsync(within, time, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
