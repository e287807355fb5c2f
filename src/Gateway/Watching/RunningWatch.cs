namespace OptimizationGateway.Gateway.Watching;

/// <summary>A watch under way, which can change hands between two steps. Its owner disposes it, after the last step has been read.</summary>
internal sealed class RunningWatch : IAsyncDisposable
{
    // It isn't disposed, since it may be stopped late; it has neither a timer nor a wait handle.
    private readonly CancellationTokenSource stop = new();
    private readonly IAsyncEnumerator<WatchStep> steps;

    public RunningWatch(JobWatcher watcher)
    {
        Watcher = watcher;
        steps = watcher.WatchAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
    }

    /// <summary>The watch itself.</summary>
    public JobWatcher Watcher { get; }

    /// <summary>The step that was read last.</summary>
    public WatchStep Current => steps.Current;

    /// <summary>Reads the next step.</summary>
    /// <returns>False after the last, or once it is stopped.</returns>
    public ValueTask<bool> MoveNextAsync() => steps.MoveNextAsync();

    /// <summary>Stops it. Can be called from any thread, also while a step is being read.</summary>
    public Task StopAsync() => stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        if (Current is WatchStep.Ended)
        {
            // What it has to report of its end comes after the step.
            await steps.MoveNextAsync();
        }

        await steps.DisposeAsync();
    }
}
