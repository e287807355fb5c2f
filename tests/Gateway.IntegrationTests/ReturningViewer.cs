using System.Net.WebSockets;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Watches one job from its beginning until it is stopped, and comes back with the last id it has whenever its connection is gone.</summary>
internal sealed class ReturningViewer : IAsyncDisposable
{
    private readonly Func<Task<TestClient>> connect;
    private readonly string job;
    private readonly List<long> ids = [];
    private readonly List<int> closeStatuses = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;

    public ReturningViewer(Func<Task<TestClient>> connect, string job)
    {
        (this.connect, this.job) = (connect, job);
        watching = WatchAsync();
    }

    /// <summary>How many events it has.</summary>
    public int Count
    {
        get
        {
            lock (ids)
            {
                return ids.Count;
            }
        }
    }

    /// <summary>What its connections were closed with, where they weren't just gone.</summary>
    public IReadOnlyList<int> CloseStatuses
    {
        get
        {
            lock (ids)
            {
                return [.. closeStatuses];
            }
        }
    }

    public Task HasAsync(int events) =>
        TestGateway.EventuallyAsync(() => watching.IsFaulted || Count >= events, $"{events} events have come");

    /// <returns>The ids of all events, as they came.</returns>
    public async Task<List<long>> StopAsync()
    {
        await stop.CancelAsync();
        await watching.WaitAsync(TestClient.Deadline);
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!stop.IsCancellationRequested)
        {
            await WatchOnceAsync();
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task WatchOnceAsync()
    {
        try
        {
            await using var client = await connect();
            await client.SubscribeAsync(job, Count == 0 ? 0 : ids[^1]);
            while (!stop.IsCancellationRequested)
            {
                await TakeAsync(client);
            }
        }
        catch (WebSocketException)
        {
            // No gateway takes it at the moment.
        }
    }

    private async Task TakeAsync(TestClient client)
    {
        try
        {
            var message = await client.NextAsync();
            lock (ids)
            {
                ids.AddRange(TestClient.EventIds([message], job));
            }
        }
        catch (TimeoutException e) when (client.IsClosed)
        {
            lock (ids)
            {
                closeStatuses.AddRange(client.CloseStatus is { } status ? [(int)status] : Array.Empty<int>());
            }

            throw new WebSocketException("The connection is gone.", e);
        }
    }
}
