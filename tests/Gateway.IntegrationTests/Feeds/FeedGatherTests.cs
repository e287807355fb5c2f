using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>Events of a job with many viewers are gathered, so that each viewer is sent several in one write.</summary>
public sealed class FeedGatherTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(40, "00:00:00.040", true)]
    [InlineData(40, "00:00:00", false)]
    [InlineData(3, "00:00:00.040", false)]
    public async Task After_a_round_to_many_viewers_events_gather_and_the_first_after_a_pause_goes_out_at_once(
        int count,
        string gatherTime,
        bool gathers
    )
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(
            clock: clock,
            settings: [$"Gateway:Feeds:GatherTime={gatherTime}", "Gateway:Drain:Time=00:00:00"]
        );
        audience.Log.Append(1);
        var viewers = new List<TestClient>();
        for (var i = 0; i < count; i++)
        {
            viewers.Add(await audience.SettleAsync(0));
        }

        await clock.RunForAsync(TimeSpan.FromSeconds(1));
        audience.Log.Append(1);
        await AllHaveAsync(viewers, 2);

        // The clock stands, so a pause doesn't end.
        audience.Log.Append(3);
        if (gathers)
        {
            await Task.WhenAll(viewers.Select(viewer => viewer.SettleAsync()));
            Assert.All(viewers, viewer => Assert.Equal([1, 2], viewer.EventIds(Audience.Job)));
            await clock.RunUntilAsync(() => viewers.All(viewer => viewer.EventIds(Audience.Job)[^1] == 5), Limit, "the pause ends");
        }

        await AllHaveAsync(viewers, 5);
        Assert.All(viewers, viewer => Assert.Equal([1, 2, 3, 4, 5], viewer.EventIds(Audience.Job)));
    }

    private static Task AllHaveAsync(IEnumerable<TestClient> viewers, long id) =>
        TestGateway.EventuallyAsync(() => viewers.All(viewer => viewer.EventIds(Audience.Job)[^1] == id), $"all have event {id}");
}
