using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class MessageRateTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_burst_is_taken_and_then_so_many_a_second()
    {
        var rate = new MessageRate(clock, perSecond: 50, burst: 100);

        Assert.Equal(100, Enumerable.Range(0, 120).Count(_ => rate.TryTake()));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, Enumerable.Range(0, 60).Count(_ => rate.TryTake()));
        Assert.False(rate.IsExceeded);
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(200, true)]
    [InlineData(2_000, true)]
    public void A_client_that_floods_for_ten_seconds_has_to_go(int perSecond, bool isExceeded)
    {
        var rate = new MessageRate(clock, perSecond: 50, burst: 100);
        for (var i = 0; i < perSecond * 10; i++)
        {
            rate.TryTake();
            clock.Advance(TimeSpan.FromSeconds(1) / perSecond);
        }

        Assert.Equal(isExceeded, rate.IsExceeded);
    }

    [Fact]
    public void One_that_pauses_is_forgiven()
    {
        var rate = new MessageRate(clock, perSecond: 50, burst: 100);
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 150; i++)
            {
                rate.TryTake();
            }

            clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.False(rate.IsExceeded);
    }
}
