using System.Net;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class NewcomerRateTests
{
    private readonly FakeTimeProvider clock = new();

    [Theory]
    [InlineData(1, 50)]
    [InlineData(3, 25)]
    [InlineData(9, 10)]
    public void Addresses_that_take_all_they_can_get_leave_as_much_as_each_of_them_has(int crowds, int each)
    {
        var rate = new NewcomerRate(clock, perSecond: 100);

        var taken = Enumerable.Range(1, crowds).ToDictionary(i => i, _ => 0);
        for (var round = 0; round < 1_000; round++)
        {
            foreach (var i in taken.Keys)
            {
                taken[i] += rate.TryTake(Address(i)) ? 1 : 0;
            }
        }

        Assert.All(taken.Values, count => Assert.InRange(count, each - 1, each + 1));
        Assert.True(rate.TryTake(Address(200)));
        Assert.InRange(Enumerable.Range(100, 90).Count(i => rate.TryTake(Address(i))), each - 3, each + 1);
        Assert.False(rate.TryTake(Address(201)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rate.TryTake(Address(1)));
    }

    [Fact]
    public void Where_many_share_an_address_they_may_have_all_of_it()
    {
        var rate = new NewcomerRate(clock, perSecond: 100);

        Assert.Equal(100, Enumerable.Range(0, 200).Count(_ => rate.TryTake(address: null)));
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(rate.TryTake(address: null));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(100, Enumerable.Range(0, 200).Count(_ => rate.TryTake(address: null)));
    }

    [Fact]
    public void A_single_place_a_second_is_for_anyone() => Assert.True(new NewcomerRate(clock, perSecond: 1).TryTake(Address(1)));

    private static IPAddress Address(int i) => new([192, 0, 2, (byte)i]);
}
