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
}
