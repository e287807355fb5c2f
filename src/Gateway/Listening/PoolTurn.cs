using System.Runtime.CompilerServices;

namespace OptimizationGateway.Gateway.Listening;

/// <summary>
/// Awaits a turn in the thread pool: what follows runs after all that was queued there before. <see cref="Task.Yield"/> would let it go
/// first, from the thread's own queue.
/// </summary>
internal readonly struct PoolTurn : ICriticalNotifyCompletion
{
    /// <summary>False: the turn always comes later.</summary>
    public bool IsCompleted => false;

    /// <summary>Returns what <c>await</c> asks for: itself.</summary>
    public PoolTurn GetAwaiter() => this;

    /// <summary>Returns nothing, when the turn has come.</summary>
    public void GetResult() { }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
