using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>A backend at a name: each address behind it is a replica. DNS is the test's, but for one test with the machine's own.</summary>
public sealed class DnsTests
{
    private readonly Clock clock = new();
    private volatile IPAddress[] addresses = [];
    private volatile int lookups;

    [Fact]
    public async Task Each_address_behind_a_name_is_a_replica()
    {
        await using var replicas = await Replicas.StartAsync(3);
        addresses = [.. Enumerable.Range(0, 3).Select(Replicas.AddressOf)];
        await using var gateway = await StartAsync(replicas);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 6; i++)
        {
            await client.SubscribeAsync($"job-{i}", 0);
            await client.UntilAsync("replay");
        }

        Assert.Equal([2, 2, 2], replicas.Calls());
    }

    [Fact]
    public async Task A_new_address_is_used_after_the_next_lookup_and_one_that_has_gone_gets_no_new_watches()
    {
        await using var replicas = await Replicas.StartAsync(2);
        addresses = [Replicas.AddressOf(0)];
        await using var gateway = await StartAsync(replicas);
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("stays", 0);
        await client.UntilAsync("replay");

        addresses = [Replicas.AddressOf(1)];
        var before = lookups;
        var gone = await clock.RunUntilAsync(() => lookups > before, TimeSpan.FromMinutes(1), "it was looked up again");
        Assert.InRange(gone, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(35));
        await TakenAsync();
        await client.SubscribeAsync("comes", 0);
        await client.UntilAsync("replay");

        Assert.Equal([1, 1], replicas.Calls());
        var last = replicas.Log.Append(1);
        await client.UntilAsync(_ => client.EventIds("stays").Contains(last) && client.EventIds("comes").Contains(last));
        Assert.Equal(2, gateway.UpstreamStreams);
    }

    [Fact]
    public async Task A_failure_is_reason_enough_to_look_the_name_up_again_at_once()
    {
        await using var replicas = await Replicas.StartAsync(2);
        addresses = [Replicas.AddressOf(0)];
        await using var gateway = await StartAsync(replicas);
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("replay");

        addresses = [Replicas.AddressOf(1)];
        await replicas.KillAsync(0);
        var last = replicas.Log.Append(3);
        var gone = await clock.RunUntilAsync(() => client.EventIds("job-1").Contains(last), TimeSpan.FromMinutes(1), "it went on there");

        Assert.InRange(gone, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Equal(Enumerable.Range(1, (int)last).Select(id => (long)id), client.EventIds("job-1"));
    }

    [Fact]
    public async Task A_name_without_an_address_keeps_those_it_had_and_the_log_says_so_once()
    {
        await using var replicas = await Replicas.StartAsync(1);
        addresses = [Replicas.AddressOf(0)];
        await using var gateway = await StartAsync(replicas);
        await using var client = await gateway.ConnectAsync();

        addresses = [];
        var before = lookups;
        await clock.RunUntilAsync(() => lookups >= before + 3, TimeSpan.FromMinutes(3), "it was looked up thrice");
        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("replay");

        Assert.Single(
            gateway.Log.GetSnapshot(),
            line => line.Message.Contains("DNS has no address for replica.test", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_name_that_never_had_an_address_is_an_outage_until_it_has_one()
    {
        await using var replicas = await Replicas.StartAsync(1);
        await using var gateway = await StartAsync(replicas, "name.invalid");
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        await clock.RunUntilAsync(() => client.Received.Count > 0, TimeSpan.FromSeconds(30), "it was told");
        Assert.Equal("backend_unavailable", (string?)(await client.NextAsync("error"))["code"]);

        addresses = [Replicas.AddressOf(0)];
        var before = lookups;
        await clock.RunUntilAsync(() => lookups > before, TimeSpan.FromMinutes(1), "it was looked up");
        await TakenAsync();
        await client.SubscribeAsync("job-1", 0);

        await client.UntilAsync("replay");
    }

    [Fact]
    public async Task The_machines_own_names_are_found()
    {
        await using var replicas = await Replicas.StartAsync(1);
        replicas.Log.Append(1);
        await using var gateway = await TestGateway.StartAsync(
            time: null,
            [$"Gateway:Backends:test:Address=dns:///localhost:{replicas[0].Url.Port}"]
        );
        await using var client = await gateway.ConnectAsync();

        // Where localhost is ::1 too nobody listens there, and the watch goes on to the other address.
        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("replay");

        Assert.Equal([1], client.EventIds("job-1"));
    }

    private Task<TestGateway> StartAsync(Replicas replicas, string name = "replica.test")
    {
        replicas.Log.Append(1);
        return TestGateway.StartAsync(
            clock,
            [
                $"Gateway:Backends:test:Address=dns:///{name}:{replicas[0].Url.Port}",
                // Here hours go by in which no replica has anything to say.
                "Gateway:Upstream:SilenceTimeout=01:00:00",
            ],
            services => services.AddSingleton<NameLookup>(LookUpAsync)
        );
    }

    /// <summary>When the next lookup begins, what the last one found has been taken.</summary>
    private async Task TakenAsync()
    {
        var before = lookups;
        await clock.RunUntilAsync(() => lookups > before, TimeSpan.FromMinutes(1), "it was looked up once more");
    }

    private Task<IPAddress[]> LookUpAsync(string name, CancellationToken stop)
    {
        var found = addresses;
        Interlocked.Increment(ref lookups);
        return found.Length > 0 ? Task.FromResult(found) : throw new SocketException((int)SocketError.HostNotFound);
    }
}
