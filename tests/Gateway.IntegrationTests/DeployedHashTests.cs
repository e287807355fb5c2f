using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The other way in which the shipped HAProxy file spreads clients: by the job that they name in the query.</summary>
public sealed class DeployedHashTests
{
    private const int Jobs = 20;

    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Fact]
    public async Task Viewers_of_a_job_meet_at_one_gateway_and_no_gateway_gets_much_more_than_the_other()
    {
        await using var one = await StartGatewayAsync();
        await using var two = await StartGatewayAsync();
        await using var proxy = await DeployedProxy.StartAsync(DeployedProxy.Haproxy, [one.HttpUrl, two.HttpUrl], isHashed: true);
        var clients = new List<TestClient>();
        var met = 0;
        for (var job = 0; job < Jobs; job++)
        {
            var (first, second) = (await IsAtFirstAsync(job), await IsAtFirstAsync(job));
            met += first == second ? 1 : 0;
        }

        // The bound parts some of the viewers where there are so few.
        Assert.InRange(met, Jobs * 3 / 4, Jobs);
        Assert.InRange(one.Connections, 2 * Jobs * 0.34, 2 * Jobs * 0.66);

        var noJob = one.Connections;
        for (var i = 0; i < 10; i++)
        {
            clients.Add(await proxy.ConnectAsync());
        }

        Assert.InRange(one.Connections - noJob, 3, 7);
        foreach (var client in clients)
        {
            Assert.Single(await client.SettleAsync());
            await client.DisposeAsync();
        }

        async Task<bool> IsAtFirstAsync(int job)
        {
            var before = one.Connections;
            clients.Add(await proxy.ConnectAsync($"/ws/optimization?job=job-{job}"));
            Assert.Single(await clients[^1].SettleAsync());
            return one.Connections > before;
        }
    }

    [Fact]
    public async Task The_gateway_ignores_a_job_in_the_query_and_logs_nothing_of_it()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend);

        await using var client = await TestClient.ConnectAsync(new Uri($"{gateway.SocketUrl}?job=a%2Fb&other=1"));

        Assert.Single(await client.SettleAsync());
        Assert.DoesNotContain(gateway.Log.GetSnapshot(), record => record.Message.Contains("a%2Fb", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Log.GetSnapshot(), record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    private static Task<TestGateway> StartGatewayAsync() =>
        TestGateway.StartAsync(
            NoBackend,
            time: null,
            "Gateway:Proxies:Known=127.0.0.1",
            $"Gateway:Security:AllowedHosts={DeployedProxy.HostName}"
        );
}
