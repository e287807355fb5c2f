namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// A backend's troubles as the log tells them: in episodes. A restart breaks thousands of watches, and one broken job may fail for hours while
/// its neighbours do well; either is one warning. An episode begins with the first watch that breaks, and ends when one moves on and none is
/// broken.
/// </summary>
/// <param name="backend">The backend's name.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class Trouble(string backend, ILogger logger)
{
    private readonly Lock gate = new();
    private int brokenWatches;
    private volatile bool isOn;

    public bool IsOn => isOn;

    /// <summary>Another watch is broken.</summary>
    /// <param name="jobId">Its job.</param>
    /// <param name="cursor">Where it stood.</param>
    /// <param name="fault">How it broke.</param>
    public void Begin(string jobId, long? cursor, WatchFault fault)
    {
        bool isNews;
        lock (gate)
        {
            brokenWatches++;
            isNews = !isOn;
            isOn = true;
        }

        if (isNews)
        {
            UpstreamLog.Fails(logger, backend, jobId, cursor ?? 0, fault.Cause);
        }
    }

    /// <summary>A watch is broken no more: it moves on, or nobody wants it any longer.</summary>
    public void End()
    {
        lock (gate)
        {
            brokenWatches--;
        }
    }

    /// <summary>A watch moves on.</summary>
    public void Answered()
    {
        // Called with every event.
        if (!isOn)
        {
            return;
        }

        bool isNews;
        lock (gate)
        {
            isNews = isOn && brokenWatches == 0;
            isOn = isOn && !isNews;
        }

        if (isNews)
        {
            UpstreamLog.Answers(logger, backend);
        }
    }
}
