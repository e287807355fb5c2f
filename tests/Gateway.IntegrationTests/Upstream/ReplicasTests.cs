using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>A backend of several servers: who gets a watch, and what happens to it when a server dies, freezes or comes back.</summary>
public sealed class ReplicasTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Watches_go_to_the_replicas_in_turn_and_what_a_killed_one_had_goes_on_at_the_others(int count)
    {
        var clock = new Clock();
        await using var replicas = await Replicas.StartAsync(count);
        await using var gateway = await TestGateway.StartAsync(clock, [replicas.Setting]);
        await using var client = await gateway.ConnectAsync();
        replicas.Log.Append(5);
        var jobs = Enumerable.Range(0, 4 * count).Select(i => $"job-{i}").ToList();
        await SubscribeAllAsync(client, jobs);
        Assert.All(replicas.Calls(), calls => Assert.Equal(4, calls));

        await replicas.KillAsync(1);
        var last = replicas.Log.Append(5);
        await clock.RunUntilAsync(() => jobs.TrueForAll(HasAll), TimeSpan.FromMinutes(1), "all have all");

        Assert.All(jobs, job => Assert.Equal(Ids(last), client.EventIds(job)));
        Assert.DoesNotContain(client.Received, m => (string?)m["type"] == "error");
        var health = await HealthAsync(gateway);
        Assert.Equal((count, 1), ((int)health["replicas"]!, (int)health["away"]!));

        // Back again, it has its turn again once it was found to be there; running streams stay where they are.
        await replicas.ReviveAsync(1);
        // Newcomers come all the time: how soon the client library connects again is by the system's clock.
        var looks = 0;
        await clock.RunUntilAsync(
            () =>
            {
                _ = looks++ % 12 == 0 ? client.SubscribeAsync($"more-{looks}", 0) : Task.CompletedTask;
                return replicas[1].Requests.Count >= 2 && gateway.Services.GetRequiredService<BackendRegistry>().All[0].ReplicasAway == 0;
            },
            TimeSpan.FromMinutes(1),
            "it is used again"
        );
        last = replicas.Log.Append(5);
        await clock.RunUntilAsync(() => jobs.TrueForAll(HasAll), TimeSpan.FromMinutes(1), "all have all");
        Assert.All(jobs, job => Assert.Equal(Ids(last), client.EventIds(job)));

        bool HasAll(string job) => client.EventIds(job).LastOrDefault() == last;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_connection_carries_more_streams_than_it_may_also_after_a_replica_has_died(int count)
    {
        var clock = new Clock();
        await using var replicas = await Replicas.StartAsync(count);
        await using var gateway = await TestGateway.StartAsync(
            clock,
            [
                replicas.Setting,
                "Gateway:Upstream:StreamsPerChannel=7",
                "Gateway:Upstream:OpensPerSecond=100000",
                "Gateway:Limits:MessageBurst=1000",
            ]
        );
        await using var client = await gateway.ConnectAsync();
        replicas.Log.Append(1);
        await SubscribeAllAsync(client, [.. Enumerable.Range(0, 60).Select(i => $"job-{i}")]);
        Assert.All(replicas.Calls(), calls => Assert.Equal(60 / count, calls));
        AssertBounded();

        await replicas.KillAsync(0);
        await clock.RunUntilAsync(
            () => Enumerable.Range(1, count - 1).Sum(i => replicas[i].Requests.Count) >= 60 && gateway.UpstreamStreams == 60,
            TimeSpan.FromMinutes(1),
            "all streams are at the others"
        );

        AssertBounded();

        void AssertBounded()
        {
            for (var i = 0; i < count; i++)
            {
                var connections = replicas[i].Calls.GroupBy(call => call.Connection, StringComparer.Ordinal).ToList();
                Assert.All(connections, calls => Assert.InRange(calls.Count(), 1, 7));
            }
        }
    }

    [Fact]
    public async Task A_replica_that_says_nothing_costs_no_error_and_from_then_on_one_watch_at_a_time()
    {
        var clock = new Clock();
        await using var replicas = await Replicas.StartAsync(2);
        replicas.Log.Append(1);
        replicas[0].Always((_, _, cancelled) => ScriptedBackend.SilenceAsync(cancelled));
        await using var gateway = await TestGateway.StartAsync(clock, [replicas.Setting]);
        await using var client = await gateway.ConnectAsync();

        await client.SubscribeAsync("job-0", 0);
        var gone = await clock.RunUntilAsync(() => client.EventIds("job-0").Count == 1, TimeSpan.FromSeconds(10), "it went on");

        // Half of the open timeout, and a short pause.
        Assert.InRange(gone, TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(6));
        Assert.Equal([1, 1], replicas.Calls());
        var jobs = Enumerable.Range(1, 6).Select(i => $"job-{i}").ToList();
        await SubscribeAllAsync(client, jobs);
        Assert.Equal([1, 7], replicas.Calls());

        // Rested, it is tried by one, and the others needn't wait for that.
        await clock.RunForAsync(TimeSpan.FromSeconds(5));
        await client.SubscribeAsync("probe", 0);
        await TestGateway.EventuallyAsync(() => replicas[0].Requests.Count == 2, "it is tried");
        await SubscribeAllAsync(client, [.. Enumerable.Range(7, 6).Select(i => $"job-{i}")]);
        Assert.Equal([2, 13], replicas.Calls());
        await clock.RunUntilAsync(() => client.EventIds("probe").Count == 1, TimeSpan.FromSeconds(10), "the probe went on");
        Assert.DoesNotContain(client.Received, m => (string?)m["type"] == "error");
    }

    [Fact]
    public async Task Where_all_replicas_are_away_watches_wait_and_the_first_that_is_back_gets_them()
    {
        var clock = new Clock();
        await using var replicas = await Replicas.StartAsync(3);
        replicas.Log.Append(1);
        await using var gateway = await TestGateway.StartAsync(clock, [replicas.Setting]);
        await using var client = await gateway.ConnectAsync();
        var jobs = Enumerable.Range(0, 6).Select(i => $"job-{i}").ToList();
        await SubscribeAllAsync(client, jobs);

        for (var i = 0; i < 3; i++)
        {
            await replicas.KillAsync(i);
        }

        await clock.RunUntilAsync(
            () => client.Received.Count(m => (string?)m["code"] == "backend_unavailable" && (string?)m["subscription"] == "kept") == 6,
            TimeSpan.FromSeconds(30),
            "all were told"
        );
        Assert.Equal("troubled", (string?)(await HealthAsync(gateway))["state"]);
        await replicas.ReviveAsync(2);
        var last = replicas.Log.Append(1);
        await clock.RunUntilAsync(
            () => jobs.TrueForAll(job => client.EventIds(job).LastOrDefault() == last),
            TimeSpan.FromSeconds(60),
            "all go on"
        );

        Assert.All(jobs, job => Assert.Equal(Ids(last), client.EventIds(job)));
        Assert.Equal("ok", (string?)(await HealthAsync(gateway))["state"]);
    }

    private static async Task SubscribeAllAsync(TestClient client, List<string> jobs)
    {
        foreach (var job in jobs)
        {
            await client.SubscribeAsync(job, 0);
            await client.UntilAsync(m => (string?)m["type"] == "replay" && (string?)m["jobId"] == job);
        }
    }

    private static async Task<JsonNode> HealthAsync(TestGateway gateway)
    {
        using var http = new HttpClient();
        var answer = await http.GetFromJsonAsync<JsonNode>(
            new Uri(gateway.HttpUrl, "/health/ready"),
            TestContext.Current.CancellationToken
        );
        return answer!["backends"]!["test"]!;
    }

    private static IEnumerable<long> Ids(long last) => Enumerable.Range(1, (int)last).Select(id => (long)id);
}
