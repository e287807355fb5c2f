using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.JobLogs.Watch;

namespace OptimizationGateway.JobLogs.Tests;

public sealed class HeartbeatClockTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(15_000)]
    [InlineData(600_000)]
    public void Heartbeats_are_never_late_come_a_64th_early_at_most_and_share_64_moments_of_an_interval(int milliseconds)
    {
        var interval = TimeSpan.FromMilliseconds(milliseconds);
        var time = new FakeTimeProvider();
        var heartbeats = new HeartbeatClock(interval, time);
        var moments = new HashSet<TimeSpan>();
        for (var count = 0; count < 1000; count++)
        {
            var left = heartbeats.UntilNext;
            Assert.InRange(left, interval * 63 / 64, interval);
            moments.Add(time.GetElapsedTime(0) + left);
            time.Advance(interval / 1000);
        }

        Assert.InRange(moments.Count, 64, 65);
    }
}
