namespace OptimizationGateway.JobLogs;

/// <summary>Counts the running watches, so that one that was cancelled can be seen to stop.</summary>
public sealed class OpenWatches
{
    private int count;

    /// <summary>The number of <c>WatchJob</c> calls that run.</summary>
    public int Count => Volatile.Read(ref count);

    internal void Add() => Interlocked.Increment(ref count);

    internal void Remove() => Interlocked.Decrement(ref count);
}
