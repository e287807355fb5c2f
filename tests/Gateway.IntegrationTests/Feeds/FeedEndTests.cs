using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>The end of a shared stream: what all viewers are told alike, and what each has to ask the backend itself.</summary>
public sealed class FeedEndTests
{
    [Fact]
    public async Task The_end_of_the_job_reaches_each_viewer_after_its_last_event()
    {
        await using var audience = await Audience.OpenAsync();
        audience.Log.Append(3);
        await SeatAllAsync(audience, 0, 2, null);

        audience.Log.Append(2);
        audience.Log.Complete();

        foreach (var messages in await EndsAsync(audience))
        {
            Assert.Equal(["event", "event", "event", "unsubscribed job_ended"], messages);
        }

        Assert.Single(audience.Backend.Requests);
        await audience.StreamsAsync(0);
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "forbidden")]
    [InlineData(StatusCode.Internal, "backend_error")]
    [InlineData(StatusCode.FailedPrecondition, "epoch_changed")]
    public async Task A_refusal_that_doesn_t_depend_on_the_cursor_ends_every_viewer_s_subscription(StatusCode status, string code)
    {
        await using var audience = await Audience.OpenAsync();
        audience.Log.Append(3);
        await SeatAllAsync(audience, 0, 2, null);

        audience.Log.Append(2);
        await UpToAllAsync(audience, 5);
        audience.Log.Break(refuse: status);

        foreach (var messages in await EndsAsync(audience))
        {
            Assert.Equal([$"error {code}", "unsubscribed failed"], messages);
        }

        Assert.Equal([0, 5], audience.Cursors);
        Assert.All(audience.Viewers, viewer => Assert.Equal([4L, 5L], viewer.EventIds(Audience.Job).TakeLast(2)));
        await audience.StreamsAsync(0);
    }

    [Fact]
    public async Task Another_log_ends_every_viewer_s_subscription_and_nothing_of_it_is_told()
    {
        await using var audience = await Audience.OpenAsync();
        audience.Log.Append(3);
        await SeatAllAsync(audience, 0, 2, null);
        audience.Log.Reset("e2", events: 50);

        foreach (var messages in await EndsAsync(audience))
        {
            Assert.Equal(["error epoch_changed", "unsubscribed failed"], messages);
        }

        // Whoever comes after that gets the new log, and shares it.
        await audience.SettleAsync(0);
        var last = await audience.SettleAsync(null);
        Assert.Equal("e2", (string?)last.Received[0]["epoch"]);
        Assert.Equal([0, 3, 0], audience.Cursors);
    }

    [Fact]
    public async Task An_event_that_can_t_be_shown_ends_every_viewer_s_subscription_after_what_came_before_it()
    {
        await using var audience = await Audience.OpenAsync();
        var bad = Say.Bare(3);
        bad.Timestamp = null;
        var good = new TaskCompletionSource();
        audience.Backend.Next(
            async (_, stream, cancelled) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 1), cancelled);
                await stream.WriteAsync(Say.Replay(Say.Event(1)), cancelled);
                await good.Task.WaitAsync(cancelled);
                await stream.WriteAsync(Say.Live(Say.Event(2)), cancelled);
                await stream.WriteAsync(Say.Live(bad), cancelled);
                await ScriptedBackend.SilenceAsync(cancelled);
            }
        );
        audience.Backend.Next(Say.Subscribed(last: 3), Say.Replay(bad));
        await SeatAllAsync(audience, 0, 1, null);
        good.SetResult();

        foreach (var messages in await EndsAsync(audience))
        {
            Assert.Equal(["event", "error bad_event", "unsubscribed failed"], messages);
        }

        Assert.Equal([0, 2], audience.Cursors);
    }

    [Fact]
    public async Task A_viewer_that_is_behind_gets_all_there_is_before_the_end()
    {
        await using var audience = await Audience.OpenAsync(new JobLog { Padding = 2_000 });
        audience.Log.Append(3);
        var current = await audience.SettleAsync(3);
        await using var behind = await SlowClient.ConnectAsync(audience.Gateway.SocketUrl);
        await behind.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":3}""");
        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == 2, "both have a seat");
        var last = audience.Log.Append(150);
        await Audience.UpToAsync(current, last);
        audience.Log.Cut(upTo: last + 10);
        audience.Log.Break();
        await current.UntilAsync("unsubscribed");

        Assert.Equal(Enumerable.Range(4, 150).Select(id => (long)id), await behind.ReadEventIdsAsync(150));
        Assert.Equal(
            ["error history_truncated", "unsubscribed failed"],
            Audience.Kinds([await behind.ReadAsync(), await behind.ReadAsync()])
        );
        Assert.Equal([3, last], audience.Cursors);
    }

    [Fact]
    public async Task A_log_that_was_cut_is_told_to_each_viewer_with_what_is_left_of_it()
    {
        await using var audience = await Audience.OpenAsync();
        await SeatAllAsync(audience, 0, null);
        audience.Log.Append(3);
        await UpToAllAsync(audience, 3);
        audience.Log.Cut(upTo: 9);
        audience.Log.Append(2);
        audience.Log.Break();

        foreach (var messages in await EndsAsync(audience))
        {
            Assert.Equal(["error history_truncated", "unsubscribed failed"], messages);
        }

        Assert.Equal([0, 3], audience.Cursors);
        Assert.All(audience.Viewers, viewer => Assert.Equal(10, (long)viewer.Received[^2]["earliestEventId"]!));
    }

    [Fact]
    public async Task A_feed_never_refuses_a_viewer_on_its_own()
    {
        var clock = new Clock();
        await using var audience = await Audience.OpenAsync(clock: clock);
        audience.Log.Cut(upTo: 20);
        audience.Log.Append(10);
        var seated = await audience.SettleAsync(25);

        await RefusedAsync(5, epoch: null, "history_truncated");
        await RefusedAsync(99, epoch: null, "cursor_ahead");
        await RefusedAsync(30, epoch: "e2", "epoch_changed");
        await RefusedAsync(26, epoch: "e2", "epoch_changed");
        audience.Backend.Next(ScriptedBackend.Fail(StatusCode.PermissionDenied));
        await RefusedAsync(5, epoch: null, "forbidden");
        audience.Backend.Next(ScriptedBackend.Fail(StatusCode.NotFound));
        await RefusedAsync(5, epoch: null, "job_not_found");

        await Audience.UpToAsync(seated, audience.Log.Append(1));
        Assert.Equal(["subscribed", "replay", "event"], Audience.Kinds(seated.Received));
        await audience.StreamsAsync(1);

        async Task RefusedAsync(long cursor, string? epoch, string code)
        {
            var before = audience.Backend.Requests.Count;
            var newcomer = await audience.WatchAsync(cursor, epoch);
            await clock.RunUntilAsync(() => newcomer.Received.Count > 0, TimeSpan.FromSeconds(8), $"{code} was told");
            var error = await newcomer.NextAsync("error");
            Assert.Equal((code, "not_opened"), ((string?)error["code"], (string?)error["subscription"]));
            var request = audience.Backend.Requests.Skip(before).First();
            Assert.Equal((cursor, epoch ?? ""), (request.AfterEventId, request.Epoch));
        }
    }

    private static async Task SeatAllAsync(Audience audience, params long?[] cursors)
    {
        foreach (var cursor in cursors)
        {
            await audience.SettleAsync(cursor);
        }

        Assert.Single(audience.Backend.Requests);
    }

    private static async Task UpToAllAsync(Audience audience, long id) =>
        await Task.WhenAll(audience.Viewers.Select(viewer => Audience.UpToAsync(viewer, id)));

    private static async Task<List<string>[]> EndsAsync(Audience audience) =>
        [.. (await Task.WhenAll(audience.Viewers.Select(viewer => viewer.UntilAsync("unsubscribed")))).Select(Audience.Kinds)];
}
