using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Looks up a name again and again: at an interval, and within a second after a replica failed, since it may have been replaced.
/// </summary>
internal sealed class NameWatch : IAsyncDisposable
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private readonly string name;
    private readonly NameLookup lookup;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly Action<IReadOnlyList<IPAddress>> found;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private volatile TaskCompletionSource hurry = NewHurry();

    /// <summary>Starts to look up a name.</summary>
    /// <param name="name">The host name.</param>
    /// <param name="lookup">The lookup.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="found">Receives the addresses of each lookup; none if it failed.</param>
    public NameWatch(string name, NameLookup lookup, TimeSpan interval, TimeProvider time, Action<IReadOnlyList<IPAddress>> found)
    {
        this.name = name;
        this.lookup = lookup;
        this.interval = interval;
        this.time = time;
        this.found = found;
        running = RunAsync();
    }

    /// <summary>Asks for the next lookup soon, since a replica failed.</summary>
    public void Hurry() => hurry.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                hurry = NewHurry();
                found(await LookUpAsync());
                await time.DelayAsync(LeastPause, stop.Token);
                await time.CompletesAsync(hurry.Task, interval > LeastPause ? interval - LeastPause : TimeSpan.Zero, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task<IReadOnlyList<IPAddress>> LookUpAsync()
    {
        try
        {
            return [.. (await lookup(name, stop.Token)).Distinct()];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }

    private static TaskCompletionSource NewHurry() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
