using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The turn to open a watch that others may share. They wait until it is given back.</summary>
internal sealed class OpeningTurn(FeedSet set, WatchKey key) : IDisposable
{
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the turn was given back.</summary>
    public Task Over => over.Task;

    /// <summary>Gives the turn back. Can be called twice.</summary>
    public void Dispose()
    {
        set.End(key, this);
        over.TrySetResult();
    }
}
