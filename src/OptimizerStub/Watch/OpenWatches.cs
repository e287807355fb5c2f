namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>How many watches run. Whoever cancels one sees here that it has stopped.</summary>
internal sealed class OpenWatches
{
    private int count;

    public int Count => Volatile.Read(ref count);

    public void Add() => Interlocked.Increment(ref count);

    public void Remove() => Interlocked.Decrement(ref count);
}
