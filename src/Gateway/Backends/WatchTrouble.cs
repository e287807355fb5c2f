using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One watch's part in its backend's <see cref="Trouble"/>.</summary>
internal sealed class WatchTrouble(Trouble trouble, string jobId) : IDisposable
{
    private bool isBroken;

    /// <summary>A stream of the watch broke, in a way that is the backend's trouble.</summary>
    public void Begin(long? cursor, WatchFault fault)
    {
        if (!isBroken)
        {
            isBroken = true;
            trouble.Begin(jobId, cursor, fault);
        }
    }

    /// <summary>The watch moves on.</summary>
    public void End()
    {
        Dispose();
        trouble.Answered();
    }

    /// <summary>The watch is over. That says nothing of the backend.</summary>
    public void Dispose()
    {
        if (isBroken)
        {
            isBroken = false;
            trouble.End();
        }
    }
}
