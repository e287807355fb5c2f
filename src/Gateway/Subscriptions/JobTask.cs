using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// Work on one job of a connection, with the lane that it writes into. Runs until it is done or stopped, and never throws.
/// </summary>
internal sealed class JobTask : IDisposable
{
    private readonly CancellationTokenSource cancel = new();

    /// <param name="lane">The lane.</param>
    /// <param name="work">The work. Its cancellation is an end in order.</param>
    /// <param name="onFault">Called with any other exception: a fault of the gateway, after which the connection can't go on.</param>
    public JobTask(Lane lane, Func<CancellationToken, Task> work, Action<Exception> onFault)
    {
        Lane = lane;
        Running = RunAsync(work, onFault, cancel.Token);
    }

    /// <summary>The lane that the work writes into.</summary>
    public Lane Lane { get; }

    /// <summary>The work, for those who wait for its end.</summary>
    public Task Running { get; }

    /// <summary>Cancels the work.</summary>
    public void Stop() => cancel.Cancel();

    public void Dispose() => cancel.Dispose();

    private static async Task RunAsync(Func<CancellationToken, Task> work, Action<Exception> onFault, CancellationToken stop)
    {
        // Off the receive loop: opening a stream does work before it first waits.
        await Task.Yield();
        try
        {
            await work(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client wants no more of it.
        }
        catch (Exception e)
        {
            onFault(e);
        }
    }
}
