using System.Net;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>Replicas of one backend: servers with one log, each on an address of its own.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly List<ScriptedBackend> servers = [];

    public SharedLog Log { get; } = new();

    public ScriptedBackend this[int index] => servers[index];

    public int Count => servers.Count;

    /// <summary>For <c>Gateway:Backends:test:Addresses</c>.</summary>
    public string Setting => $"Gateway:Backends:test:Addresses={string.Join(',', servers.Select(server => server.Url))}";

    /// <summary>Starts so many, on one port of 127.0.0.1, 127.0.0.2 and so on.</summary>
    public static async Task<Replicas> StartAsync(int count)
    {
        var replicas = new Replicas();
        for (var i = 0; i < count; i++)
        {
            await replicas.AddAsync(i);
        }

        return replicas;
    }

    public static IPAddress AddressOf(int index) => new([127, 0, 0, (byte)(index + 1)]);

    /// <summary>How many calls each has had.</summary>
    public int[] Calls() => [.. servers.Select(server => server.Requests.Count)];

    /// <summary>It is gone, with all its connections.</summary>
    public ValueTask KillAsync(int index) => servers[index].DisposeAsync();

    /// <summary>It is back where it was, and has had no calls.</summary>
    public async Task ReviveAsync(int index) => servers[index] = await StartOneAsync(index);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task AddAsync(int index) => servers.Add(await StartOneAsync(index));

    private async Task<ScriptedBackend> StartOneAsync(int index)
    {
        var server = await ScriptedBackend.StartAsync(servers.Count > 0 ? servers[0].Url.Port : 0, AddressOf(index));
        return server.Always(Log.ServeAsync);
    }
}
