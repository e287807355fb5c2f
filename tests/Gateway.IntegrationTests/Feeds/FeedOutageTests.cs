using System.Text.Json.Nodes;
using Grpc.Core;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>A shared stream whose backend is away: each viewer hears of it once, and once that all is well.</summary>
public sealed class FeedOutageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_outage_is_told_once_to_each_viewer_and_what_was_missed_follows_as_a_replay()
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(clock: clock);
        audience.Log.Append(3);
        var viewers = new[] { await audience.SettleAsync(0), await audience.SettleAsync(3), await audience.SettleAsync(null) };

        await OutageAsync(audience, viewers);
        audience.Log.Append(2);
        audience.Log.Admit();
        await clock.RunUntilAsync(() => viewers.All(viewer => Has(viewer, 5)), Limit, "all have what they missed");
        await clock.RunForAsync(TimeSpan.FromSeconds(12));

        foreach (var viewer in viewers)
        {
            Assert.Equal(
                ["error backend_unavailable", "replay"],
                Audience.Kinds(await viewer.SettleAsync()).SkipWhile(kind => kind != "error backend_unavailable").SkipLast(1)
            );
            Assert.False((bool)viewer.Received[^2]["hasMore"]!);
        }

        Assert.Equal(1, audience.Log.Streams);
    }

    [Fact]
    public async Task The_all_clear_comes_once_if_nothing_was_missed()
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(clock: clock);
        audience.Log.Append(3);
        var viewers = new[] { await audience.SettleAsync(0), await audience.SettleAsync(3), await audience.SettleAsync(null) };

        await OutageAsync(audience, viewers);
        audience.Log.Admit();
        await clock.RunUntilAsync(() => viewers.All(viewer => (string?)viewer.Received[^1]["type"] == "replay"), Limit, "all are told");
        await clock.RunForAsync(TimeSpan.FromSeconds(12));
        audience.Log.Append(1);

        foreach (var viewer in viewers)
        {
            var told = Audience.Kinds(await Audience.UpToAsync(viewer, 4));
            Assert.Equal(["error backend_unavailable", "replay", "event"], told.TakeLast(3));
            Assert.Single(told, "error backend_unavailable");
        }
    }

    [Fact]
    public async Task An_outage_that_is_over_within_three_seconds_is_told_to_nobody()
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(clock: clock);
        audience.Log.Append(3);
        var viewers = new[] { await audience.SettleAsync(0), await audience.SettleAsync(null) };
        audience.Log.Break();
        await clock.RunUntilAsync(() => audience.Backend.Requests.Count == 2, Limit, "it was reopened");
        await clock.RunForAsync(TimeSpan.FromSeconds(12));
        audience.Log.Append(1);

        Assert.Equal(["event"], Audience.Kinds(await Audience.UpToAsync(viewers[0], 4)));
        Assert.Equal(["event"], Audience.Kinds(await Audience.UpToAsync(viewers[1], 4)));
    }

    [Fact]
    public async Task Who_comes_during_an_outage_waits_for_the_backend_and_shares_the_stream_afterwards()
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(clock: clock);
        audience.Log.Append(3);
        TestClient[] viewers = [await audience.SettleAsync(0)];
        await OutageAsync(audience, viewers);
        var late = await audience.WatchAsync(2);
        var live = await audience.WatchAsync(null);
        await clock.RunForAsync(TimeSpan.FromSeconds(3));
        Assert.Empty(late.Received);
        Assert.Empty(live.Received);

        audience.Log.Admit();
        await clock.RunUntilAsync(() => late.Received.Count > 1 && live.Received.Count > 0, Limit, "both have been opened");
        audience.Log.Append(1);
        await clock.RunUntilAsync(() => audience.Viewers.All(viewer => Has(viewer, 4)), Limit, "all have the event");
        audience.Log.Append(1);
        await Task.WhenAll(audience.Viewers.Select(viewer => Audience.UpToAsync(viewer, 5)));
        await audience.StreamsAsync(1);

        Assert.Equal([3L, 4L, 5L], late.EventIds(Audience.Job));
        Assert.Equal([4L, 5L], live.EventIds(Audience.Job));
        Assert.Equal("subscribed", (string?)late.Received[0]["type"]);
        Assert.DoesNotContain(late.Received.Concat(live.Received), IsOutage);
    }

    [Fact]
    public async Task Nobody_joins_a_stream_that_has_been_silent_for_twenty_seconds()
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(clock: clock);
        audience.Log.Append(3);
        await audience.SettleAsync(0);
        await clock.RunForAsync(TimeSpan.FromSeconds(19));
        await audience.SettleAsync(3);
        Assert.Single(audience.Backend.Requests);

        await clock.RunForAsync(TimeSpan.FromSeconds(2));
        await audience.SettleAsync(3);
        Assert.Equal([0, 3], audience.Cursors);
        await audience.StreamsAsync(2);

        // Its next event says that the stream is alive; then one is enough.
        audience.Log.Append(1);
        await Task.WhenAll(audience.Viewers.Select(viewer => Audience.UpToAsync(viewer, 4)));
        audience.Log.Append(1);
        await Task.WhenAll(audience.Viewers.Select(viewer => Audience.UpToAsync(viewer, 5)));
        await audience.StreamsAsync(1);
        await audience.SettleAsync(4);
        Assert.Equal(2, audience.Backend.Requests.Count);
    }

    private static async Task OutageAsync(Audience audience, TestClient[] viewers)
    {
        audience.Log.Break(refuse: StatusCode.Unavailable);
        await audience.Clock!.RunUntilAsync(
            () => viewers.All(viewer => viewer.Received.Any(IsOutage)),
            Limit,
            "all are told of the outage"
        );
        await audience.Clock!.RunForAsync(TimeSpan.FromSeconds(3));
        Assert.All(viewers, viewer => Assert.Single(viewer.Received, IsOutage));
    }

    private static bool IsOutage(JsonObject message) =>
        (string?)message["code"] == "backend_unavailable" && (string?)message["subscription"] == "kept";

    private static bool Has(TestClient viewer, long id) => viewer.EventIds(Audience.Job).LastOrDefault() == id;
}
