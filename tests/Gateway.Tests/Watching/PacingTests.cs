using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Tests.Watching;

public sealed class PacingTests
{
    [Fact]
    public void Backoff_stays_between_its_bounds_and_grows_to_the_ceiling()
    {
        var backoff = new Backoff(new Random(1));
        var delays = Enumerable.Range(0, 1_000).Select(_ => backoff.Next().TotalSeconds).ToList();

        Assert.All(delays, delay => Assert.InRange(delay, 0.2, 5));
        Assert.InRange(delays[0], 0.2, 0.4);
        Assert.True(delays.Max() > 4.5);

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.2, 0.4);
    }

    [Fact]
    public void No_more_than_so_many_reopen_in_a_second()
    {
        var clock = new FakeTimeProvider();
        var pacer = new ReopenPacer(clock, perSecond: 100);

        var turns = Enumerable.Range(0, 250).Select(_ => pacer.Reserve()).ToList();

        Assert.Equal(TimeSpan.Zero, turns[0]);
        Assert.Equal(100, turns.Count(turn => turn < TimeSpan.FromSeconds(1)));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, pacer.Reserve());
    }
}
