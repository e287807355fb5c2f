using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The health of a backend, logged in episodes. A restart breaks thousands of watches, and one broken job may fail for hours while its
/// neighbours do well; either is one warning. An episode begins with the first watch that breaks. It ends when a watch makes progress while
/// none is broken.
/// </summary>
/// <param name="backend">The backend's name in the settings.</param>
/// <param name="logger">The log.</param>
internal sealed class BackendHealth(string backend, ILogger logger)
{
    private readonly Lock gate = new();
    private int brokenWatches;
    private volatile bool isTroubled;

    /// <summary>True during an episode.</summary>
    public bool IsTroubled => isTroubled;

    /// <summary>Records that another watch is broken.</summary>
    /// <param name="jobId">The watch's job.</param>
    /// <param name="cursor">The watch's position.</param>
    /// <param name="fault">The fault that broke it.</param>
    public void WatchBroke(string jobId, long? cursor, WatchFault fault)
    {
        bool isNews;
        lock (gate)
        {
            brokenWatches++;
            isNews = !isTroubled;
            isTroubled = true;
        }

        if (isNews)
        {
            BackendLog.Fails(logger, backend, jobId, cursor ?? 0, fault.Cause);
        }
    }

    /// <summary>Records that a watch is broken no more: it makes progress, or its client has left.</summary>
    public void WatchMended()
    {
        lock (gate)
        {
            brokenWatches--;
        }
    }

    /// <summary>Records that a watch makes progress.</summary>
    public void WatchProgressed()
    {
        // Called with every event.
        if (!isTroubled)
        {
            return;
        }

        bool isNews;
        lock (gate)
        {
            isNews = isTroubled && brokenWatches == 0;
            isTroubled = isTroubled && !isNews;
        }

        if (isNews)
        {
            BackendLog.Answers(logger, backend);
        }
    }
}
