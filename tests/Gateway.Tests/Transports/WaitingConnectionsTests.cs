using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Tests.Transports;

/// <summary>Connections that are no WebSocket: which one goes, and which are counted.</summary>
public sealed class WaitingConnectionsTests
{
    private static readonly IPAddress Crowd = IPAddress.Parse("192.0.2.7");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.8");
    private static readonly IPAddress Proxy = IPAddress.Parse("192.0.2.9");

    private readonly FakeLogger<WaitingConnections> log = new();
    private readonly FakeTimeProvider clock = new();
    private readonly WaitingConnections waiting;

    public WaitingConnectionsTests() =>
        waiting = new WaitingConnections(perAddress: 3, inAll: 5, clock, address => address.Equals(Proxy) ? null : address, log);

    [Fact]
    public void One_too_many_of_an_address_costs_its_own_oldest_and_nobody_else_s()
    {
        var other = Accept(Other);
        var crowd = Enumerable.Range(0, 10).Select(_ => Accept(Crowd)).ToList();

        Assert.Equal([.. Enumerable.Repeat(true, 7), false, false, false], crowd.Select(IsClosed));
        Assert.False(IsClosed(other));
        Assert.Equal(4, waiting.Count);
        Assert.Contains("too_many_waiting_from_address", log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Contains("Gateway:Limits:WaitingConnectionsPerAddress", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void If_there_are_too_many_in_all_the_oldest_goes_once_it_has_had_a_second()
    {
        var first = Accept(Other);
        var behind = Enumerable.Range(0, 4).Select(_ => Accept(Proxy)).ToList();
        Assert.False(waiting.AreTooMany);
        behind.Add(Accept(Proxy));

        Assert.True(waiting.AreTooMany);
        Assert.False(waiting.TryLetOldestGo(areDescriptorsScarce: false));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(waiting.TryLetOldestGo(areDescriptorsScarce: false));

        Assert.True(IsClosed(first));
        Assert.DoesNotContain(true, behind.Select(IsClosed));
        Assert.False(waiting.AreTooMany);
        Assert.Contains("Raise Gateway:Limits:WaitingConnections if", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_just_asked_for_something_has_another_second()
    {
        var asking = Accept(Other);
        clock.Advance(TimeSpan.FromSeconds(1));
        await WaitingConnection.FollowAsync(RequestOf(asking), _ => Task.CompletedTask);

        Assert.False(waiting.TryLetOldestGo(areDescriptorsScarce: true));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(waiting.TryLetOldestGo(areDescriptorsScarce: true));
    }

    [Fact]
    public async Task Who_asks_for_something_goes_to_the_end_of_the_line()
    {
        var asking = Accept(Crowd);
        var silent = Accept(Crowd);
        Accept(Crowd);

        await WaitingConnection.FollowAsync(RequestOf(asking), _ => Task.CompletedTask);
        Accept(Crowd);

        Assert.True(IsClosed(silent));
        Assert.False(IsClosed(asking));
    }

    [Fact]
    public void A_WebSocket_is_not_counted_until_the_last_one_on_its_connection_has_ended()
    {
        var connection = Accept(Crowd);
        var own = connection.Features.Get<WaitingConnection>()!;
        own.BeginSocket();
        own.BeginSocket();
        own.EndSocket();

        Assert.Equal(0, waiting.Count);
        Assert.False(waiting.TryLetOldestGo(areDescriptorsScarce: true));
        own.EndSocket();
        Assert.Equal(1, waiting.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(waiting.TryLetOldestGo(areDescriptorsScarce: true));
        Assert.True(IsClosed(connection));
        Assert.Contains("ulimit -n", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_has_ended_is_forgotten_whatever_still_happens_to_it()
    {
        var connection = Accept(Crowd);
        var own = connection.Features.Get<WaitingConnection>()!;
        own.BeginSocket();
        own.Closed();
        own.EndSocket();

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, waiting.Count);
        Assert.False(waiting.TryLetOldestGo(areDescriptorsScarce: true));
    }

    [Fact]
    public void Many_at_once_of_two_addresses_never_leave_more_than_each_may_have()
    {
        Parallel.For(0, 5_000, i => Accept(i % 2 == 0 ? Crowd : Other));

        Assert.Equal(6, waiting.Count);
    }

    private DefaultConnectionContext Accept(IPAddress from)
    {
        var connection = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(from, 1) };
        waiting.Add(connection);
        return connection;
    }

    private static bool IsClosed(DefaultConnectionContext connection) => connection.Features.Get<WaitingConnection>()!.IsGone;

    private static DefaultHttpContext RequestOf(DefaultConnectionContext connection)
    {
        var request = new DefaultHttpContext();
        request.Features.Set(connection.Features.Get<WaitingConnection>());
        return request;
    }
}
