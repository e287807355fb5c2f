using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>A shared stream at one replica, and viewers who know of more than that one has.</summary>
public sealed class FeedReplicaTests : IAsyncLifetime
{
    private readonly Clock clock = new();
    private readonly JobLog first = new();
    private readonly JobLog second = new();
    private ScriptedBackend[] replicas = null!;
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync()
    {
        replicas = [await ScriptedBackend.StartAsync(), await ScriptedBackend.StartAsync()];
        replicas[0].Always(first.ServeAsync);
        replicas[1].Always(second.ServeAsync);
        gateway = await TestGateway.StartAsync(clock, [$"Gateway:Backends:test:Addresses={replicas[0].Url},{replicas[1].Url}"]);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await replicas[0].DisposeAsync();
        await replicas[1].DisposeAsync();
    }

    [Fact]
    public async Task A_viewer_that_has_more_than_a_lagging_replica_asks_another_one_and_joins_when_it_has_it_all()
    {
        first.Append(5);
        second.Append(8);
        await using var lagging = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(lagging, 0, Say.Epoch);
        await Audience.OpenedAsync(lagging, 0);
        await using var ahead = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(ahead, 7, Say.Epoch);
        await Audience.OpenedAsync(ahead, 7);

        // It has its seat, and waits in it for what it doesn't have yet.
        await TestGateway.EventuallyAsync(() => gateway.UpstreamStreams == 1 && FeedProbe.ViewersOf(gateway) == 2, "both have a seat");
        await TestGateway.EventuallyAsync(() => (first.Streams, second.Streams) == (1, 0), "the stream at the other replica has ended");
        Assert.Equal([8L], ahead.EventIds(Audience.Job));
        first.Append(4);
        await Audience.UpToAsync(lagging, 9);
        await Audience.UpToAsync(ahead, 9);

        Assert.Equal(first.After(0), lagging.EventIds(Audience.Job));
        Assert.Equal([8L, 9L], ahead.EventIds(Audience.Job));
        Assert.Equal((1, 1), (replicas[0].Requests.Count, replicas[1].Requests.Count));
    }

    [Fact]
    public async Task Without_an_epoch_a_viewer_that_is_ahead_keeps_its_own_stream_until_the_shared_one_is_there()
    {
        first.Append(5);
        second.Append(8);
        var noEpoch = (ScriptedBackend server, JobLog log) => server.Always(WithoutEpoch(log));
        noEpoch(replicas[0], first);
        noEpoch(replicas[1], second);
        await using var lagging = await gateway.ConnectAsync();
        await lagging.SubscribeAsync(Audience.Job, 0);
        await Audience.OpenedAsync(lagging, 0);
        await using var ahead = await gateway.ConnectAsync();
        await ahead.SubscribeAsync(Audience.Job, 7);
        await Audience.OpenedAsync(ahead, 7);
        Assert.Equal(2, gateway.UpstreamStreams);

        second.Append(1);
        await Audience.UpToAsync(ahead, 9);
        Assert.Equal(2, gateway.UpstreamStreams);
        first.Append(5);
        await Audience.UpToAsync(lagging, 10);
        second.Append(1);
        await Audience.UpToAsync(ahead, 10);

        await TestGateway.EventuallyAsync(() => gateway.UpstreamStreams == 1, "one stream is enough");
        Assert.Equal([8L, 9L, 10L], ahead.EventIds(Audience.Job));
    }

    [Fact]
    public async Task Viewers_of_a_log_that_was_reset_on_one_replica_alone_don_t_share_with_those_of_the_other()
    {
        first.Append(5);
        second.Reset("e2", events: 3);
        await using var old = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(old, 0, Say.Epoch);
        await Audience.OpenedAsync(old, 0);
        await using var reset = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(reset, 1, "e2");
        await Audience.OpenedAsync(reset, 1);
        Assert.Equal("e2", (string?)reset.Received[0]["epoch"]);

        // One more of each, which the replicas serve in turn: whoever is in the epoch of the shared stream has a seat.
        await using var oldToo = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(oldToo, 2, Say.Epoch);
        await Audience.OpenedAsync(oldToo, 2);
        first.Append(1);
        second.Append(1);
        await Audience.UpToAsync(old, 6);
        await Audience.UpToAsync(oldToo, 6);
        await Audience.UpToAsync(reset, 4);

        Assert.Equal([2L, 3L, 4L], reset.EventIds(Audience.Job));
        Assert.Equal([3L, 4L, 5L, 6L], oldToo.EventIds(Audience.Job));
        Assert.Equal(first.After(0), old.EventIds(Audience.Job));
        Assert.Equal(2, gateway.UpstreamStreams);
    }

    [Fact]
    public async Task A_viewer_without_a_seat_doesn_t_make_those_who_come_after_it_wait()
    {
        first.Append(5);
        second.Reset("e2", events: 3);
        await using var old = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(old, 5, Say.Epoch);
        await Audience.OpenedAsync(old, 5);
        await using var reset = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(reset, 1, "e2");
        await Audience.OpenedAsync(reset, 1);

        // The clock stands, so whoever waits for the other's stream waits for ever.
        await using var next = await gateway.ConnectAsync();
        await Audience.SubscribeAsync(next, 2);
        await Audience.OpenedAsync(next, 2);
        Assert.Equal([3L, 4L, 5L], next.EventIds(Audience.Job));
    }

    private static WatchScript WithoutEpoch(JobLog log) =>
        (request, stream, cancelled) => log.ServeAsync(request, new EpochRemover(stream), cancelled);

    private sealed class EpochRemover(Grpc.Core.IServerStreamWriter<Contracts.V1.WatchJobResponse> stream)
        : Grpc.Core.IServerStreamWriter<Contracts.V1.WatchJobResponse>
    {
        public Grpc.Core.WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(Contracts.V1.WatchJobResponse message)
        {
            if (message.Subscribed is { } subscribed)
            {
                subscribed.Epoch = "";
            }

            return stream.WriteAsync(message);
        }

        public Task WriteAsync(Contracts.V1.WatchJobResponse message, CancellationToken cancelled)
        {
            if (message.Subscribed is { } subscribed)
            {
                subscribed.Epoch = "";
            }

            return stream.WriteAsync(message, cancelled);
        }
    }
}
