using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Backends;

/// <summary>The choice of a replica for a new stream. Channels connect only when they are used: nothing here does.</summary>
public sealed class ReplicaSetTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Streams_go_to_the_replicas_in_turn()
    {
        await using var set = Listed("a", "b", "c");

        Assert.Equal(["a:1", "b:1", "c:1", "a:1"], Places(set, 4));
        Assert.Equal(3, set.Count);
        Assert.Equal(4, set.Streams);
    }

    [Fact]
    public async Task One_that_failed_rests_and_is_then_tried_by_one_stream_at_a_time_until_it_answers()
    {
        await using var set = Listed("a", "b");
        var first = set.Rent(() => { });
        first.Failed(transport: null);
        Assert.Equal(1, set.Away);
        Assert.Equal(["b:1", "b:1"], Places(set, 2));

        clock.Advance(Rest);
        var trial = set.Rent(() => { });
        Assert.Equal("a:1", trial.Place);
        Assert.Equal(["b:1", "b:1"], Places(set, 2));

        trial.Answered();
        Assert.Equal(0, set.Away);
        Assert.Equal(["a:1", "b:1"], Places(set, 2));
    }

    [Fact]
    public async Task A_trial_that_is_given_up_leaves_the_next_one_free()
    {
        await using var set = Listed("a", "b");
        set.Rent(() => { }).Distrust();
        clock.Advance(Rest);
        Places(set, 1);

        var trial = set.Rent(() => { });
        Assert.Equal("a:1", trial.Place);
        trial.Dispose();

        Assert.Contains("a:1", Places(set, 2));
    }

    [Fact]
    public async Task Where_all_have_failed_they_are_asked_in_turn()
    {
        await using var set = Listed("a", "b");
        set.Rent(() => { }).Failed(transport: null);
        set.Rent(() => { }).Failed(transport: null);

        Assert.Equal(["a:1", "b:1", "a:1"], Places(set, 3));
        Assert.Equal(2, set.Away);
    }

    [Fact]
    public async Task A_place_is_given_back_once()
    {
        await using var set = Listed("a");
        var returned = 0;
        var lease = set.Rent(() => returned++);

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(1, returned);
        Assert.Equal(0, set.Streams);
    }

    [Fact]
    public async Task A_name_is_a_replica_for_each_of_its_addresses_and_one_that_is_gone_keeps_its_streams()
    {
        IPAddress[] addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")];
        await using var set = Named((_, _) => Task.FromResult(addresses));
        Assert.Equal(2, set.Count);
        var lease = set.Rent(() => { });
        Assert.Equal("192.0.2.1:1", lease.Place);

        addresses = [IPAddress.Parse("192.0.2.2")];
        await AdvanceUntilAsync(() => set.Count == 1, "the address is gone");
        Assert.Equal(1, set.Streams);
        Assert.Equal(["192.0.2.2:1"], Places(set, 1));

        lease.Dispose();
        Assert.Equal(1, set.Streams);
    }

    [Fact]
    public async Task A_failure_has_the_name_looked_up_again_at_once()
    {
        IPAddress[] addresses = [IPAddress.Parse("192.0.2.1")];
        await using var set = Named((_, _) => Task.FromResult(addresses));
        addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")];
        clock.Advance(TimeSpan.FromSeconds(1));

        set.Rent(() => { }).Failed(transport: null);

        await Until.TrueAsync(() => Task.FromResult(set.Count == 2), "the new address is found, though no time has passed");
    }

    private static List<string> Places(ReplicaSet set, int count) => [.. Enumerable.Range(0, count).Select(_ => set.Rent(() => { }).Place)];

    private async Task AdvanceUntilAsync(Func<bool> condition, string what) =>
        await Until.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(31));
                return Task.FromResult(condition());
            },
            what
        );

    private ReplicaSet Listed(params string[] hosts) =>
        new(
            new BackendAddress([.. hosts.Select(host => new Uri($"http://{host}:1"))], IsName: false),
            Open,
            (_, _) => throw new InvalidOperationException("There is no name to look up.")
        );

    private ReplicaSet Named(NameLookup lookup) =>
        new(
            new BackendAddress([new Uri("http://jobs:1")], IsName: true),
            Open,
            (host, found) => new NameWatch(host, lookup, TimeSpan.FromSeconds(30), clock, found)
        );

    private Replica Open(Uri url, IPAddress? at)
    {
        EndPoint? place = at is null ? null : new IPEndPoint(at, url.Port);
        var channels = new ChannelPool(url, place, tls: null, new UpstreamOptions(), new ArrivalBudget(1), NullLoggerFactory.Instance);
        return new Replica(place?.ToString() ?? url.Authority, channels, clock);
    }
}
