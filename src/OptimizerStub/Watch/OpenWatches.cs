namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>Counts the running watches, so that a client that cancels one can see it stop.</summary>
internal sealed class OpenWatches
{
    private int count;

    public int Count => Volatile.Read(ref count);

    public void Add() => Interlocked.Increment(ref count);

    public void Remove() => Interlocked.Decrement(ref count);
}
