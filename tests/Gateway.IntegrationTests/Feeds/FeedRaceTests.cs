using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>What can happen between two steps of a viewer on its way into a shared stream, and out of it.</summary>
public sealed class FeedRaceTests
{
    [Fact]
    public async Task Events_that_come_while_viewers_join_reach_each_of_them_once()
    {
        await using var audience = await Audience.OpenAsync();
        audience.Log.Append(20);
        await audience.SettleAsync(0);
        using var stop = new CancellationTokenSource();
        var appending = AppendAsync(audience.Log, stop.Token);

        var cursors = Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? (long?)null : i % 20).ToList();
        await Task.WhenAll(cursors.Select(cursor => audience.SettleAsync(cursor)));
        await stop.CancelAsync();
        await appending;
        var last = audience.Log.Append(1);

        foreach (var viewer in audience.Viewers)
        {
            await Audience.UpToAsync(viewer, last);
            var first = viewer.EventIds(Audience.Job)[0];
            Assert.Equal(audience.Log.After(first - 1), viewer.EventIds(Audience.Job));
        }

        // Each began right after its cursor.
        Assert.Equal(
            cursors.OfType<long>().Append(0).Order(),
            audience
                .Viewers.Where(viewer => viewer.Received.Any(m => (string?)m["type"] == "replay"))
                .Select(viewer => viewer.EventIds(Audience.Job)[0] - 1)
                .Order()
        );
        Assert.All(
            audience.Viewers.Where(viewer => viewer.Received.All(m => (string?)m["type"] != "replay")),
            viewer => Assert.Equal((long)viewer.Received[0]["lastEventId"]! + 1, viewer.EventIds(Audience.Job)[0])
        );
        await audience.StreamsAsync(1);
    }

    [Fact]
    public async Task A_viewer_that_leaves_while_it_gives_its_stream_away_takes_nothing_from_the_others()
    {
        await using var audience = await Audience.OpenAsync(settings: "Gateway:Limits:MessageBurst=10000");
        audience.Log.Append(5);
        var stays = await audience.Gateway.ConnectAsync();
        var leaves = await audience.Gateway.ConnectAsync();
        await using var _ = stays;
        await using var __ = leaves;
        for (var round = 0; round < 60; round++)
        {
            await Audience.SubscribeAsync(leaves, 0);
            await Audience.SubscribeAsync(stays, 2);
            if (round % 3 > 0)
            {
                await leaves.UntilAsync(round % 3 == 1 ? "subscribed" : "replay");
            }

            await leaves.SendAsync(new { type = "unsubscribe", jobId = Audience.Job });
            await leaves.UntilAsync("unsubscribed");
            var told = await Audience.UpToAsync(stays, audience.Log.Append(1));
            Assert.Equal(audience.Log.After(2), TestClient.EventIds(told, Audience.Job));
            Assert.Equal("subscribed", (string?)told[0]["type"]);
            await stays.SendAsync(new { type = "unsubscribe", jobId = Audience.Job });
            await stays.UntilAsync("unsubscribed");
        }

        Assert.DoesNotContain(stays.Received, m => (string?)m["type"] == "error");
        await audience.StreamsAsync(0);
        Assert.Equal(0, FeedProbe.MemoryOf(audience.Gateway));
    }

    [Fact]
    public async Task Of_two_viewers_that_could_give_their_stream_away_at_once_one_does_and_the_other_joins()
    {
        for (var round = 0; round < 10; round++)
        {
            var both = new TaskCompletionSource();
            var clock = new Clock();
            await using var audience = await Audience.OpenAsync(clock: clock);
            audience.Log.Append(5);
            audience.Log.OnCall = (_, cancelled) => both.Task.WaitAsync(cancelled);

            // The second one waits for the first one's answer for a second, and then asks as well.
            await audience.WatchAsync(0);
            await audience.WatchAsync(3);
            await clock.RunUntilAsync(() => audience.Backend.Requests.Count == 2, TimeSpan.FromSeconds(5), "both have asked");
            both.SetResult();
            await audience.StreamsAsync(1);
            await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == 2, "both have a seat");

            var last = audience.Log.Append(2);
            await Audience.UpToAsync(audience.Viewers[0], last);
            await Audience.UpToAsync(audience.Viewers[1], last);
            Assert.Equal(audience.Log.After(0), audience.Viewers[0].EventIds(Audience.Job));
            Assert.Equal(audience.Log.After(3), audience.Viewers[1].EventIds(Audience.Job));
        }
    }

    [Fact]
    public async Task A_job_that_ends_while_viewers_come_is_told_to_each_with_all_its_events()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var audience = await Audience.OpenAsync();
            audience.Log.Append(5);
            await audience.SettleAsync(0);
            var coming = Task.WhenAll(Enumerable.Range(0, 10).Select(i => audience.WatchAsync(i % 6)));
            audience.Log.Append(round % 3);
            audience.Log.Complete();
            await coming;

            foreach (var viewer in audience.Viewers)
            {
                await viewer.UntilAsync("unsubscribed");
                var ids = viewer.EventIds(Audience.Job);
                Assert.Equal(audience.Log.After(ids[0] - 1), ids);
                Assert.Equal("job_ended", (string?)viewer.Received[^1]["reason"]);
                Assert.Single(viewer.Received, m => (string?)m["type"] == "subscribed");
            }

            await audience.StreamsAsync(0);
        }
    }

    [Fact]
    public async Task After_a_seek_no_message_of_the_old_seat_follows_the_new_subscribed()
    {
        await using var audience = await Audience.OpenAsync(
            settings: ["Gateway:Limits:MessageBurst=1000", "Gateway:Feeds:RingBytes=65536"]
        );
        audience.Log.Append(50);
        await audience.SettleAsync(0);
        var client = await audience.SettleAsync(0);
        using var stop = new CancellationTokenSource();
        var appending = AppendAsync(audience.Log, stop.Token);
        for (var seek = 1; seek <= 80; seek++)
        {
            var cursor = seek % 4 == 0 ? (long?)null : seek % 50;
            await client.SendAsync(
                new
                {
                    type = "subscribe",
                    jobId = Audience.Job,
                    afterEventId = cursor,
                    requestId = $"s{seek}",
                }
            );
            await client.UntilAsync(m => (string?)m["requestId"] == $"s{seek}");
            var next = await client.UntilAsync(m => TestClient.EventIds([m], Audience.Job).Count > 0);
            var ids = TestClient.EventIds(next, Audience.Job);
            var start = cursor ?? (long)client.Received.Last(m => (string?)m["requestId"] == $"s{seek}")["lastEventId"]!;
            Assert.Equal(start + 1, ids[0]);
        }

        await stop.CancelAsync();
        await appending;
        await Audience.UpToAsync(client, audience.Log.Append(1));
        foreach (var told in Split(client.Received))
        {
            var ids = TestClient.EventIds(told, Audience.Job);
            Assert.Equal(ids.Count == 0 ? [] : Enumerable.Range((int)ids[0], ids.Count).Select(id => (long)id), ids);
        }

        Assert.DoesNotContain(client.Received, m => (string?)m["type"] is "unsubscribed" or "error");
        await audience.StreamsAsync(1);
    }

    private static List<List<JsonObject>> Split(IEnumerable<JsonObject> messages)
    {
        var parts = new List<List<JsonObject>>();
        foreach (var message in messages)
        {
            if ((string?)message["type"] == "subscribed")
            {
                parts.Add([]);
            }

            parts[^1].Add(message);
        }

        return parts;
    }

    private static async Task AppendAsync(JobLog log, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!stop.IsCancellationRequested)
        {
            log.Append(1);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
