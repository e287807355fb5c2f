using System.Threading.Tasks.Sources;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>
/// Wakes the one taker of an outbox. It is used again for each wait, so that waiting allocates nothing. The outbox's lock guards
/// <see cref="Wait"/> and <see cref="TryClaim"/>; whoever claimed the wake-up leaves the lock and calls <see cref="Wake"/>.
/// </summary>
internal sealed class TakerSignal : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> core;
    private bool isAwaited;
    private bool result;

    /// <summary>Begins to wait.</summary>
    public ValueTask<bool> Wait()
    {
        core.Reset();
        isAwaited = true;
        return new ValueTask<bool>(this, core.Version);
    }

    /// <summary>Claims the right to wake the taker.</summary>
    /// <param name="wakeResult">The result of its wait.</param>
    /// <returns>False if it isn't waiting.</returns>
    public bool TryClaim(bool wakeResult)
    {
        var wasAwaited = isAwaited;
        isAwaited = false;
        result = wasAwaited ? wakeResult : result;
        return wasAwaited;
    }

    /// <summary>Wakes the taker.</summary>
    /// <param name="runsHere">True if it goes on in the caller's thread, and not in one of the pool.</param>
    public void Wake(bool runsHere)
    {
        core.RunContinuationsAsynchronously = !runsHere;
        core.SetResult(result);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => core.OnCompleted(continuation, state, token, flags);
}
