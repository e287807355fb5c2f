namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>
/// Wakes the watches of one job. It carries no events: each watch reads them from the log, so that a thousand sleeping
/// watches cost the database nothing and a live event can't overtake history.
/// </summary>
internal sealed class JobFeed(TimeProvider time)
{
    private long _latestId;
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Publish(long latestId)
    {
        Volatile.Write(ref _latestId, latestId);
        var appended = Interlocked.Exchange(ref _appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        appended.TrySetResult();
    }

    public async Task<bool> AppendedAsync(long afterEventId, TimeSpan within, CancellationToken token)
    {
        // Taken before the look at the id: an append between the two has completed this very task.
        var appended = Volatile.Read(ref _appended).Task;
        if (Volatile.Read(ref _latestId) > afterEventId)
        {
            return true;
        }

        try
        {
            await appended.WaitAsync(within, time, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
