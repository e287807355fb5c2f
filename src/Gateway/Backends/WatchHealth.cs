using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One watch's share in the <see cref="BackendHealth"/> of its backend.</summary>
internal sealed class WatchHealth(BackendHealth backend, string jobId) : IDisposable
{
    private bool isBroken;

    /// <summary>Records that a stream of the watch broke in a way that is a sign of the backend's ill health.</summary>
    public void Broke(long? cursor, WatchFault fault)
    {
        if (!isBroken)
        {
            isBroken = true;
            backend.WatchBroke(jobId, cursor, fault);
        }
    }

    /// <summary>Records that the watch makes progress.</summary>
    public void Progressed()
    {
        Dispose();
        backend.WatchProgressed();
    }

    /// <summary>Ends the watch's share. The end of a watch says nothing about the backend.</summary>
    public void Dispose()
    {
        if (isBroken)
        {
            isBroken = false;
            backend.WatchMended();
        }
    }
}
