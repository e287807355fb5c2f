namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Wakes one loop; set any number of times until it looks.</summary>
internal sealed class ManualResetSignal
{
    private TaskCompletionSource current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => Volatile.Read(ref current).Task;

    public void Set() => Volatile.Read(ref current).TrySetResult();

    public void Reset()
    {
        if (Task.IsCompleted)
        {
            Volatile.Write(ref current, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
