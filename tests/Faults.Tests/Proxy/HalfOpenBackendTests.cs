using System.Net;
using OptimizationGateway.Faults.Proxy;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Tests.Proxy;

/// <summary>A connection that lost one of its ways and was never told: found by <c>make chaos</c>.</summary>
public sealed class HalfOpenBackendTests
{
    [Fact]
    public async Task A_half_open_connection_to_a_backend_is_left_and_never_used_again()
    {
        await using var stub = await TestStub.StartAsync("Stub:LoadJobs=true", "Stub:HeartbeatInterval=00:00:00.2");
        await using var proxy = new FaultProxy("backend", new Random(1), new IPEndPoint(IPAddress.Loopback, stub.GrpcUrl.Port));
        await using var gateway = await TestGateway.StartAsync(
            new Uri($"http://127.0.0.1:{proxy.Port}"),
            time: null,
            "Gateway:Upstream:SilenceTimeout=00:00:01",
            "Gateway:Upstream:OpenTimeout=00:00:05"
        );
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("paced-10", 0);
        await client.NextAsync("subscribed");

        proxy.Down.Begin(usual => usual with { IsBlackHole = true });
        await Until.TrueAsync(() => Task.FromResult(proxy.Open.Count == 0), "the connection is half open");
        proxy.Down.End();

        // The watch that stood on it goes on over another one, and so does a new one.
        var before = TestClient.EventIds(client.Received, "paced-10").LastOrDefault();
        await client.UntilAsync(m => TestClient.EventIds([m], "paced-10").Exists(id => id > before + 20));
        await client.SubscribeAsync("paced-11", 0);
        await client.UntilAsync(m => (string?)m["type"] == "subscribed" && (string?)m["jobId"] == "paced-11");
    }

    [Fact]
    public async Task Of_two_replicas_one_behind_a_half_open_connection_is_left_for_the_other_and_used_again_when_it_is_back()
    {
        await using var stub = await TestStub.StartAsync("Stub:LoadJobs=true", "Stub:HeartbeatInterval=00:00:00.2");
        var target = new IPEndPoint(IPAddress.Loopback, stub.GrpcUrl.Port);
        await using var bad = new FaultProxy("bad", new Random(1), target);
        await using var good = new FaultProxy("good", new Random(2), target);
        await using var gateway = await TestGateway.StartAsync(
            time: null,
            [
                $"Gateway:Backends:test:Addresses=http://127.0.0.1:{bad.Port},http://127.0.0.1:{good.Port}",
                "Gateway:Upstream:SilenceTimeout=00:00:01",
                "Gateway:Upstream:OpenTimeout=00:00:05",
            ]
        );
        await using var client = await gateway.ConnectAsync();
        foreach (var job in new[] { "paced-10", "paced-11" })
        {
            await client.SubscribeAsync(job, 0);
            await client.UntilAsync(m => (string?)m["type"] == "replay" && (string?)m["jobId"] == job && !(bool)m["hasMore"]!);
        }

        var lost = bad.Open.Single();
        bad.Down.Begin(usual => usual with { IsBlackHole = true });
        foreach (var job in new[] { "paced-10", "paced-11" })
        {
            var before = TestClient.EventIds(client.Received, job).LastOrDefault();
            await client.UntilAsync(_ => client.EventIds(job).LastOrDefault() > before + 20);
        }

        Assert.Equal(2, gateway.UpstreamStreams);
        bad.Down.End();

        // Another connection, not the one that fell silent.
        var n = 0;
        await Until.TrueAsync(
            async () =>
            {
                await client.SubscribeAsync($"paced-{100 + n++}");
                return bad.Open.Any(link => link != lost);
            },
            "it is used again"
        );
        foreach (var job in new[] { "paced-10", "paced-11" })
        {
            var ids = client.EventIds(job);
            Assert.Equal(Enumerable.Range(0, ids.Count).Select(i => ids[0] + i), ids);
        }

        Assert.DoesNotContain(client.Received, m => (string?)m["type"] == "error");
    }
}
