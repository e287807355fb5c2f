using System.Net.WebSockets;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>Viewers of a job share one stream to its backend, and none of them can tell.</summary>
public sealed class SharedStreamTests
{
    private static readonly string[] SmallRing = ["Gateway:Feeds:RingBytes=65536"];

    [Fact]
    public async Task Twenty_viewers_with_cursors_near_the_head_share_one_stream_and_each_gets_every_event_once()
    {
        await using var audience = await Audience.OpenAsync();
        audience.Log.Append(30);
        var cursors = Enumerable.Range(0, 20).Select(i => 30L - (i % 7)).ToList();
        await Task.WhenAll(cursors.Select(async cursor => await Audience.OpenedAsync(await audience.WatchAsync(cursor), cursor)));
        await audience.StreamsAsync(1);

        var last = audience.Log.Append(10);
        await Task.WhenAll(audience.Viewers.Select(viewer => Audience.UpToAsync(viewer, last)));

        Assert.Equal(
            cursors.Order().Select(cursor => audience.Log.After(cursor)),
            audience.Viewers.Select(viewer => viewer.EventIds(Audience.Job)).OrderBy(ids => ids[0])
        );
        Assert.All(audience.Viewers, viewer => Assert.Single(viewer.Received, m => (string?)m["type"] == "subscribed"));
        Assert.Equal(1, audience.Log.Streams);
    }

    [Fact]
    public async Task A_viewer_with_a_cursor_in_the_ring_joins_without_a_request()
    {
        await using var audience = await Audience.OpenAsync();
        audience.Log.Append(10, step: 3);
        var first = await audience.SettleAsync(0);
        await Audience.UpToAsync(first, audience.Log.Append(1, step: 3));
        foreach (var cursor in (long[])[0, 1, 3, 12, 29, 30])
        {
            var viewer = await audience.WatchAsync(cursor);
            await Audience.UpToAsync(viewer, 33);
            Assert.Equal(audience.Log.After(cursor), viewer.EventIds(Audience.Job));
            Assert.Equal(33, (long)viewer.Received[0]["lastEventId"]!);
            Assert.Equal(Say.Epoch, (string?)viewer.Received[0]["epoch"]);
        }

        Assert.Equal([0], audience.Cursors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_viewer_whose_cursor_is_the_event_before_the_ring_joins_also_where_ids_have_gaps(bool namesPrevious)
    {
        await using var audience = await Audience.OpenAsync(
            new JobLog { NamesPrevious = namesPrevious, Padding = 2_000 },
            settings: SmallRing
        );
        var first = await audience.SettleAsync(null);
        var last = audience.Log.Append(100, step: 10);
        await Audience.UpToAsync(first, last);
        var floor = FeedProbe.Of(audience.Gateway).Floor;
        Assert.InRange(floor, 10, last - 10);
        Assert.Equal(0, floor % 10);

        foreach (var cursor in (long[])[floor, floor + 1, floor + 10])
        {
            var viewer = await audience.SettleAsync(cursor);
            Assert.Equal(audience.Log.After(cursor), viewer.EventIds(Audience.Job));
        }

        Assert.Equal([-1], audience.Cursors);
        var below = await audience.SettleAsync(floor - 1);
        Assert.Equal(audience.Log.After(floor - 1), below.EventIds(Audience.Job));
        Assert.Equal([-1, floor - 1], audience.Cursors);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public async Task An_event_that_is_too_large_to_be_handed_over_with_the_stream_is_missing_to_nobody(long largeId)
    {
        await using var audience = await Audience.OpenAsync(new JobLog { LargeId = largeId, NamesPrevious = false });
        audience.Log.Append(7);
        await audience.SettleAsync(0);
        foreach (var cursor in (long[])[6, 7, 5, 4, 3, 2, 0])
        {
            Assert.Equal(audience.Log.After(cursor), (await audience.SettleAsync(cursor)).EventIds(Audience.Job));
        }

        var last = audience.Log.Append(1);
        await Task.WhenAll(audience.Viewers.Select(viewer => Audience.UpToAsync(viewer, last)));
        Assert.All(
            audience.Viewers,
            viewer => Assert.Equal(audience.Log.After(viewer.EventIds(Audience.Job)[0] - 1), viewer.EventIds(Audience.Job))
        );
    }

    [Fact]
    public async Task A_viewer_with_an_older_cursor_has_a_stream_of_its_own_until_it_has_caught_up()
    {
        await using var audience = await Audience.OpenAsync(new JobLog { Padding = 2_000 }, settings: SmallRing);
        var first = await audience.SettleAsync(null);
        var head = audience.Log.Append(100);
        await Audience.UpToAsync(first, head);

        var late = await audience.SettleAsync(0);
        await audience.StreamsAsync(1);
        for (var i = 0; i < 5; i++)
        {
            // One at a time: a viewer that is slower than the other by more than the ring holds falls out of it, and has a stream again.
            var last = audience.Log.Append(1);
            await Audience.UpToAsync(late, last);
            await Audience.UpToAsync(first, last);
        }

        Assert.Equal([-1, 0], audience.Cursors);
        Assert.Equal(2, audience.Log.MostStreams);
        Assert.Equal(audience.Log.After(0), late.EventIds(Audience.Job));
        Assert.Equal(audience.Log.After(0), first.EventIds(Audience.Job));
    }

    [Fact]
    public async Task Contiguous_a_stream_that_skips_an_event_is_reopened_and_nothing_is_appended()
    {
        await using var audience = await Audience.OpenAsync();
        var skips = new TaskCompletionSource();
        audience.Backend.Next(
            async (_, stream, cancelled) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 2), cancelled);
                await stream.WriteAsync(Say.Replay(Say.Event(1), Say.Event(2, previous: 1)), cancelled);
                await skips.Task.WaitAsync(cancelled);
                await stream.WriteAsync(Say.Live(Say.Event(5, previous: 4)), cancelled);
                await ScriptedBackend.SilenceAsync(cancelled);
            }
        );
        await audience.SettleAsync(0);
        await audience.SettleAsync(1);
        audience.Log.Append(6);
        skips.SetResult();

        foreach (var viewer in audience.Viewers)
        {
            await Audience.UpToAsync(viewer, 6);
        }

        Assert.Equal([0, 2], audience.Cursors);
        Assert.Equal(audience.Log.After(0), audience.Viewers[0].EventIds(Audience.Job));
        Assert.Equal(audience.Log.After(1), audience.Viewers[1].EventIds(Audience.Job));
        Assert.DoesNotContain(audience.Viewers.SelectMany(viewer => viewer.Received), m => (string?)m["type"] == "error");
    }

    [Fact]
    public async Task With_sharing_off_each_subscription_has_a_stream_of_its_own()
    {
        await using var audience = await Audience.OpenAsync(settings: "Gateway:Feeds:Shared=false");
        await audience.SettleAsync(0);
        await audience.SettleAsync(0);

        await audience.StreamsAsync(2);
    }

    [Fact]
    public async Task When_the_last_seat_leaves_the_stream_is_cancelled_within_a_second_and_streams_return_to_zero()
    {
        // The clock stands: nothing waits for a time to pass.
        await using var audience = await Audience.OpenAsync(clock: new());
        var first = await audience.SettleAsync(0);
        var second = await audience.SettleAsync(0);
        var third = await audience.SettleAsync(null);
        await audience.StreamsAsync(1);

        await first.SendAsync(new { type = "unsubscribe", jobId = Audience.Job });
        await first.UntilAsync("unsubscribed");
        await second.CloseAsync();
        await audience.StreamsAsync(1);
        third.Abort();

        await audience.StreamsAsync(0);
        Assert.Single(audience.Backend.Requests);
        Assert.Equal(0, FeedProbe.MemoryOf(audience.Gateway));
    }

    [Fact]
    public async Task The_viewer_whose_stream_it_was_leaves_and_the_others_go_on_with_it()
    {
        await using var audience = await Audience.OpenAsync();
        var donor = await audience.SettleAsync(0);
        var other = await audience.SettleAsync(0);
        await donor.SendAsync(new { type = "unsubscribe", jobId = Audience.Job });
        await donor.UntilAsync("unsubscribed");

        var last = audience.Log.Append(3);
        await Audience.UpToAsync(other, last);

        Assert.Single(audience.Backend.Requests);
        Assert.Empty(donor.EventIds(Audience.Job));
    }

    [Fact]
    public async Task Different_credentials_never_share()
    {
        await using var audience = await Audience.OpenAsync(settings: "Gateway:Backends:test:ForwardHeaders=X-Tenant");
        await using var acme = await WatchAsTenantAsync(audience, "acme");
        await using var acmeToo = await WatchAsTenantAsync(audience, "acme");
        await using var other = await WatchAsTenantAsync(audience, "umbrella");
        await using var nobody = await WatchAsTenantAsync(audience, tenant: null);
        await audience.StreamsAsync(3);

        Assert.Equal(["acme", "umbrella", null], audience.Backend.Calls.Select(call => call.Headers.GetValue("x-tenant")));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Different_credentials_never_share_unless_the_backend_is_sent_none(bool forwards, int streams)
    {
        using var keys = new KeyFolder();
        var log = new JobLog();
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        await using var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            [keys.PemSetting, .. JwtText.Settings, $"Gateway:Backends:test:ForwardAuthorization={forwards}"]
        );
        string[] tokens = [JwtText.Make(keys.Rsa), JwtText.Make(keys.Ec)];
        var clients = new List<TestClient>();
        foreach (var token in (string[])[.. tokens, .. tokens])
        {
            clients.Add(await Security.TokenGateway.ConnectAsync(gateway, token));
            await clients[^1].SubscribeAsync(Audience.Job, 0);
            await Audience.OpenedAsync(clients[^1], 0);
        }

        Assert.Equal(streams, backend.Requests.Count);
        Assert.Equal(
            forwards ? tokens.Select(string? (token) => $"Bearer {token}") : [null],
            backend.Calls.Select(call => call.Headers.GetValue("authorization"))
        );
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private static async Task<TestClient> WatchAsTenantAsync(Audience audience, string? tenant)
    {
        var client = await TestClient.ConnectAsync(audience.Gateway.SocketUrl, SetTenant);
        await client.SubscribeAsync(Audience.Job, 0);
        await Audience.OpenedAsync(client, 0);
        return client;

        void SetTenant(ClientWebSocketOptions options)
        {
            if (tenant is not null)
            {
                options.SetRequestHeader("X-Tenant", tenant);
            }
        }
    }
}
