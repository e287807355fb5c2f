using System.Text.Json.Nodes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A scripted backend, a gateway and one client: the whole path of most tests here.</summary>
internal sealed class Bridge : IAsyncDisposable
{
    public required ScriptedBackend Backend { get; init; }

    public required TestGateway Gateway { get; init; }

    public required TestClient Client { get; init; }

    public static async Task<Bridge> OpenAsync(Clock? clock = null, params string[] settings)
    {
        var backend = await ScriptedBackend.StartAsync();
        var gateway = await TestGateway.StartAsync(backend.Url, clock, settings);
        return new Bridge
        {
            Backend = backend,
            Gateway = gateway,
            Client = await gateway.ConnectAsync(),
        };
    }

    /// <summary>Subscribes to <c>job-1</c> and takes everything up to the gateway's first word about it.</summary>
    public async Task<JsonObject> SubscribeAsync(long? afterEventId, params WatchJobResponse[] says)
    {
        Backend.Next(says);
        await Client.SubscribeAsync("job-1", afterEventId);
        return await Client.NextAsync();
    }

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<WatchJobRequest> Requests => [.. Backend.Requests];

    /// <summary>Waits until the gateway has called this often.</summary>
    public Task CalledAsync(int times) =>
        TestGateway.EventuallyAsync(() => Backend.Requests.Count >= times, $"the gateway called {times} times");

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Gateway.DisposeAsync();
        await Backend.DisposeAsync();
    }
}
