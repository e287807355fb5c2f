using System.Net;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class AdmissionTests
{
    private static readonly IPAddress Office = IPAddress.Parse("192.0.2.7");

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void There_are_so_many_places_and_one_that_is_given_back_is_free()
    {
        var admission = new Admission(new SessionLimits { Connections = 2 }, HeldMemory.Plenty, clock);
        using var first = admission.TryEnter(IPAddress.Loopback, out _);
        var second = admission.TryEnter(IPAddress.Loopback, out _);

        Assert.Null(admission.TryEnter(IPAddress.Loopback, out var refusal));
        Assert.Equal(Refusal.TooManyConnections, refusal);

        second!.Dispose();
        second.Dispose();
        using var third = admission.TryEnter(IPAddress.Loopback, out _);
        Assert.NotNull(third);
        Assert.Null(admission.TryEnter(IPAddress.Loopback, out _));
    }

    [Fact]
    public void An_address_has_so_many_and_the_others_have_theirs()
    {
        var admission = new Admission(new SessionLimits { ConnectionsPerAddress = 1 }, HeldMemory.Plenty, clock);
        var mine = admission.TryEnter(Office, out _);

        Assert.Null(admission.TryEnter(Office, out var refusal));
        Assert.Equal(Refusal.TooManyFromAddress, refusal);
        Assert.NotNull(admission.TryEnter(IPAddress.Parse("192.0.2.8"), out _));

        mine!.Dispose();
        Assert.NotNull(admission.TryEnter(Office, out _));
    }

    [Fact]
    public void The_busiest_address_is_the_one_with_the_most_connections()
    {
        var admission = new Admission(new SessionLimits(), HeldMemory.Plenty, clock);
        Assert.Equal(0, admission.BusiestAddress);

        using var loopback = admission.TryEnter(IPAddress.Loopback, out _);
        using var other = admission.TryEnter(IPAddress.Parse("192.0.2.8"), out _);
        using var first = admission.TryEnter(Office, out _);
        var second = admission.TryEnter(Office, out _);
        Assert.Equal(2, admission.BusiestAddress);

        second!.Dispose();
        Assert.Equal(1, admission.BusiestAddress);
    }

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("::1", null)]
    [InlineData("::ffff:127.0.0.1", null)]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::")]
    public void Addresses_that_one_subscriber_has_count_as_one_and_loopback_as_none(string remote, string? counted) =>
        Assert.Equal(counted, ClientAddress.Of(IPAddress.Parse(remote))?.ToString());

    [Fact]
    public void So_many_a_second_may_come_and_who_is_refused_for_another_reason_takes_nobodys_turn()
    {
        var limits = new SessionLimits { NewConnectionsPerSecond = 10, ConnectionsPerAddress = 1 };
        var admission = new Admission(limits, HeldMemory.Plenty, clock);
        admission.TryEnter(Office, out _);
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(admission.TryEnter(Office, out _));
        }

        Assert.Equal(9, Entered(admission, of: 20));
        Assert.Null(admission.TryEnter(IPAddress.Loopback, out var refusal));
        Assert.Equal(Refusal.TooManyNewConnections, refusal);

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Entered(admission, of: 20));
    }

    [Fact]
    public void Once_closed_nobody_comes_in()
    {
        var admission = new Admission(new SessionLimits(), HeldMemory.Plenty, clock);
        admission.Close();

        Assert.Null(admission.TryEnter(IPAddress.Loopback, out var refusal));
        Assert.Equal(Refusal.Draining, refusal);
    }

    [Fact]
    public void Many_at_once_never_take_more_places_than_there_are()
    {
        var limits = new SessionLimits { Connections = 100, NewConnectionsPerSecond = 1_000_000 };
        var admission = new Admission(limits, HeldMemory.Plenty, TimeProvider.System);
        var (most, here) = (0, 0);

        Parallel.For(
            0,
            20_000,
            _ =>
            {
                if (admission.TryEnter(IPAddress.Loopback, out var refusal) is not { } place)
                {
                    return;
                }

                var now = Interlocked.Increment(ref here);
                InterlockedMax(ref most, now);
                Interlocked.Decrement(ref here);
                place.Dispose();
            }
        );

        Assert.InRange(most, 1, 100);
        Assert.Equal(100, Entered(admission, of: 200));
    }

    private static int Entered(Admission admission, int of) =>
        Enumerable.Range(0, of).Count(i => admission.TryEnter(IPAddress.Loopback, out Refusal? refusal) is not null);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    [Fact]
    public void Newcomers_are_refused_while_memory_is_short_and_come_in_when_it_is_not()
    {
        var held = new HeldMemory(1_000_000);
        var admission = new Admission(new SessionLimits(), held, clock);
        held.Add(900_000);
        Assert.Null(admission.TryEnter(remote: null, out var refusal));
        Assert.Equal(Refusal.MemoryLow, refusal);

        held.Add(-500_000);
        using (admission.TryEnter(remote: null, out refusal))
        {
            Assert.Null(refusal);
            Assert.Equal(400_000 + Costs.Connection, held.Bytes);
        }

        Assert.Equal(400_000, held.Bytes);
    }
}
