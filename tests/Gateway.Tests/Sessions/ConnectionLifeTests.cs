using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class ConnectionLifeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Without_an_age_a_connection_lasts()
    {
        var life = ConnectionLife.Draw(TimeSpan.Zero, new Random(1));

        Assert.False(life.IsOver(TimeSpan.FromDays(10_000), isBusy: false));
        Assert.False(life.IsOver(TimeSpan.FromDays(10_000), isBusy: true));
    }

    [Fact]
    public void Connections_that_came_together_leave_over_twenty_percent_of_the_age_either_way()
    {
        var random = new Random(1);
        var lives = Enumerable.Range(0, 1_000).Select(_ => ConnectionLife.Draw(10 * Minute, random)).ToList();

        int Over(double minutes) => lives.Count(life => life.IsOver(minutes * Minute, isBusy: false));
        Assert.Equal(0, Over(8));
        Assert.InRange(Over(9), 200, 300);
        Assert.InRange(Over(10), 450, 550);
        Assert.Equal(1_000, Over(12));
    }

    [Fact]
    public void One_for_which_something_waits_gets_thirty_seconds_more()
    {
        var life = new ConnectionLife(Minute);

        Assert.False(life.IsOver(Minute, isBusy: true));
        Assert.False(life.IsOver(Minute + (0.4 * Minute), isBusy: true));
        Assert.True(life.IsOver(Minute + (0.4 * Minute), isBusy: false));
        Assert.True(life.IsOver(Minute + (0.5 * Minute), isBusy: true));
    }
}
