using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Keeps looking up a name: every so often, and soon after a replica failed, since it may be gone for good and another one there.
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

    /// <param name="name">The host name.</param>
    /// <param name="lookup">How it is looked up.</param>
    /// <param name="interval">How often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="found">Takes the addresses, each time; none where the lookup failed.</param>
    public NameWatch(string name, NameLookup lookup, TimeSpan interval, TimeProvider time, Action<IReadOnlyList<IPAddress>> found)
    {
        this.name = name;
        this.lookup = lookup;
        this.interval = interval;
        this.time = time;
        this.found = found;
        running = RunAsync();
    }

    /// <summary>A replica failed: look soon.</summary>
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
            while (true)
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
