using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>Viewers of a shared stream that read slower than the job goes: they lose nothing, and hold nobody up.</summary>
public sealed class FeedSlowTests
{
    private const int EventBytes = 8_000;

    private static readonly string[] SmallRing = ["Gateway:Feeds:RingBytes=65536", "Gateway:Limits:StuckReaderTimeout=00:01:00"];

    [Fact]
    public async Task A_slow_viewer_falls_reads_on_by_itself_and_joins_again_while_the_others_go_on()
    {
        await using var audience = await Audience.OpenAsync(new JobLog { Padding = EventBytes }, settings: SmallRing);
        var fast = await audience.SettleAsync(0);
        await using var slow = await SlowClient.ConnectAsync(audience.Gateway.SocketUrl);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == 2, "both have a seat");
        Assert.Single(audience.Backend.Requests);

        // The fast one has all of it while the slow one has read nothing.
        var last = audience.Log.Append(1_000);
        await Audience.UpToAsync(fast, last);

        Assert.Equal(audience.Log.After(0), await slow.ReadEventIdsAsync(1_000));
        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == 2, "both have a seat again");
        await audience.StreamsAsync(1);
        Assert.InRange(audience.Backend.Requests.Count, 2, 100);

        var more = audience.Log.Append(3);
        await Audience.UpToAsync(fast, more);
        Assert.Equal(audience.Log.After(last), await slow.ReadEventIdsAsync(3));
        Assert.Equal(audience.Log.After(0), fast.EventIds(Audience.Job));
    }

    [Fact]
    public async Task If_every_viewer_is_stuck_the_backend_is_held_back_and_what_waits_is_bounded()
    {
        await using var audience = await Audience.OpenAsync(new JobLog { Padding = EventBytes }, settings: SmallRing);
        var slow = new List<SlowClient>();
        for (var i = 0; i < 5; i++)
        {
            slow.Add(await SlowClient.ConnectAsync(audience.Gateway.SocketUrl));
            await slow[^1].SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        }

        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == 5, "all have a seat");
        var sent = 0L;
        audience.Log.OnLive = (id, _) =>
        {
            Volatile.Write(ref sent, id);
            return Task.CompletedTask;
        };
        audience.Log.Append(3_000);
        await Audience.StandsStillAsync(() => Volatile.Read(ref sent));

        Assert.InRange(Volatile.Read(ref sent), 50, 2_000);
        Assert.InRange(FeedProbe.MemoryOf(audience.Gateway), 0, (512 + 64 + 64) * 1024);
        Assert.InRange(audience.Log.MostStreams, 1, 6);

        // One that reads is enough for all to go on; whoever doesn't falls.
        Assert.Equal(audience.Log.After(0), await slow[0].ReadEventIdsAsync(3_000));
        foreach (var other in slow.Skip(1))
        {
            Assert.Equal(audience.Log.After(0), await other.ReadEventIdsAsync(3_000));
        }

        // An event says that the shared stream is alive, and the next one brings the others back to it.
        for (var i = 0; i < 2; i++)
        {
            audience.Log.Append(1);
            await Task.WhenAll(slow.Select(client => client.ReadEventIdsAsync(1)));
        }

        await audience.StreamsAsync(1);
        foreach (var client in slow)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_viewer_that_joins_while_all_others_are_stuck_gets_what_is_new()
    {
        await using var audience = await Audience.OpenAsync(new JobLog { Padding = EventBytes }, settings: SmallRing);
        await using var stuck = await SlowClient.ConnectAsync(audience.Gateway.SocketUrl);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == 1, "it has a seat");
        var last = audience.Log.Append(1_000);
        await TestGateway.EventuallyAsync(() => FeedProbe.Of(audience.Gateway).SlowestBytes > 512 * 1024, "the stream is held back");

        var live = await audience.SettleAsync(null);
        await Audience.UpToAsync(live, last);

        var first = (long)live.Received[0]["lastEventId"]!;
        Assert.Equal(audience.Log.After(first), live.EventIds(Audience.Job));
        Assert.Equal(audience.Log.After(0), await stuck.ReadEventIdsAsync(1_000));
    }

    [Fact]
    public async Task When_all_that_is_held_is_too_much_viewers_lose_nothing()
    {
        // The least that can be set is 1 MiB, for twenty jobs of which each has more.
        await using var audience = await Audience.OpenAsync(
            new JobLog { Padding = EventBytes },
            settings: ["Gateway:Feeds:MemoryBytes=1048576", "Gateway:Limits:MessageBurst=1000"]
        );
        var client = await audience.Gateway.ConnectAsync();
        await using var _ = client;
        var jobs = Enumerable.Range(0, 20).Select(i => $"job-{i}").ToList();
        foreach (var job in jobs)
        {
            await client.SubscribeAsync(job, 0);
        }

        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == jobs.Count, "all have a seat");
        audience.Log.Append(100);
        await client.UntilAsync(m => jobs.TrueForAll(job => client.EventIds(job).Count == 100));

        Assert.All(jobs, job => Assert.Equal(audience.Log.After(0), client.EventIds(job)));
        Assert.InRange(FeedProbe.MemoryOf(audience.Gateway), 0, 2 * 1024 * 1024);
    }
}
