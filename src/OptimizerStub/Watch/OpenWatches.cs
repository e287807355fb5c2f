namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>How many watches run. Whoever cancels one sees here that it has stopped.</summary>
internal sealed class OpenWatches
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);

    public void Remove() => Interlocked.Decrement(ref _count);
}
