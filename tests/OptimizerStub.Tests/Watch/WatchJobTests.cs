using Grpc.Core;
using Grpc.Health.V1;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Tests.Harness;
using Message = OptimizationGateway.Contracts.V1.WatchJobResponse.MessageOneofCase;

namespace OptimizationGateway.OptimizerStub.Tests.Watch;

/// <summary>PROTOCOL.md section 8, rule by rule.</summary>
public sealed class WatchJobTests : IDisposable
{
    private static readonly object Short = new { maxIterations = 3, seed = 1 };
    private static readonly object Slow = new
    {
        maxIterations = 3,
        iterationDelayMs = 60_000,
        seed = 1,
    };

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Subscribed_comes_first_and_at_once_also_for_a_silent_job()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, "--Stub:MaxRunningJobs=1");
        using var slow = stub.Watch(await stub.CreateJobAsync(Slow));
        await slow.EventAsync();
        using var queued = stub.Watch(await stub.CreateJobAsync(Slow), after: null);
        var subscribed = await queued.SubscribedAsync();
        Assert.True(subscribed.HasLastEventId);
        Assert.Equal(0, subscribed.LastEventId);
        Assert.False(subscribed.Ended);
        Assert.False(subscribed.HasEarliestEventId);
        Assert.NotEmpty(subscribed.Epoch);
    }

    [Fact]
    public async Task The_watches_that_run_are_counted_and_cancelled_ones_are_not()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Slow);
        using (var watch = stub.Watch(jobId))
        {
            await watch.SubscribedAsync();
            Assert.Equal("1", await stub.Http.GetStringAsync("/watches", Deadline.Token));
        }

        var deadline = Deadline.Token;
        while (await stub.Http.GetStringAsync("/watches", deadline) != "0") { }
    }

    [Fact]
    public async Task History_ends_with_a_batch_that_says_so_also_if_it_is_empty()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Slow);
        using var first = stub.Watch(jobId);
        var newest = await first.EventAsync(e => e.Stage == "mutate");

        using var watch = stub.Watch(jobId, newest.Id);
        Assert.Equal(newest.Id, (await watch.SubscribedAsync()).LastEventId);
        var replay = (await watch.NextAsync())!.Replay;
        Assert.Empty(replay.Events);
        Assert.False(replay.HasMore);
    }

    [Fact]
    public async Task Live_only_sends_no_replay_and_every_event_after_last_event_id()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Slow);
        using var first = stub.Watch(jobId);
        var newest = await first.EventAsync(e => e.Stage == "mutate");
        using var watch = stub.Watch(jobId, after: null);
        Assert.Equal(newest.Id, (await watch.SubscribedAsync()).LastEventId);

        await stub.PostAsync($"/jobs/{jobId}/pause");
        var message = await watch.NextAsync();
        Assert.Equal(Message.Event, message!.MessageCase);
        Assert.Equal((newest.Id + 1, newest.Id), (message.Event.Id, message.Event.PreviousId));
    }

    [Fact]
    public async Task A_job_that_has_ended_says_so_and_the_stream_ends_with_OK()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Short);
        using var first = stub.Watch(jobId);
        var last = (await first.RestAsync())[^1];
        Assert.NotNull(last.JobCompleted);

        using var live = stub.Watch(jobId, after: null);
        var subscribed = await live.SubscribedAsync();
        Assert.Equal((true, last.Id), (subscribed.Ended, subscribed.LastEventId));
        Assert.Null(await live.NextAsync());

        using var history = stub.Watch(jobId, last.Id - 2);
        Assert.True((await history.SubscribedAsync()).Ended);
        Assert.Equal([last.Id - 1, last.Id], (await history.RestAsync()).Select(e => e.Id));
    }

    [Fact]
    public async Task History_only_ends_after_the_last_replay_while_the_job_runs()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Slow);
        using var first = stub.Watch(jobId);
        await first.EventAsync(e => e.Stage == "mutate");
        using var history = stub.Watch(jobId, 0, historyOnly: true);
        Assert.Equal([1L, 2L], (await history.RestAsync()).Select(e => e.Id));
    }

    [Fact]
    public async Task Batches_hold_at_most_500_events_and_all_but_the_last_say_that_more_follow()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, "--Stub:LoadJobs=true");
        using var watch = stub.Watch("load-1200");
        Assert.Equal(1200, (await watch.SubscribedAsync()).LastEventId);
        var batches = new List<(int, bool)>();
        while (await watch.NextAsync() is { } message)
        {
            batches.Add((message.Replay.Events.Count, message.Replay.HasMore));
        }

        Assert.Equal([(500, true), (500, true), (200, false)], batches);
    }

    [Theory]
    [InlineData("", 0L, StatusCode.InvalidArgument)]
    [InlineData("a\nb", 0L, StatusCode.InvalidArgument)]
    [InlineData("job-1", -1L, StatusCode.InvalidArgument)]
    [InlineData("job-2", 0L, StatusCode.NotFound)]
    [InlineData("job-2", null, StatusCode.NotFound)]
    [InlineData("load-10", 0L, StatusCode.NotFound)]
    public async Task What_cannot_be_watched_is_refused(string jobId, long? after, StatusCode status)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        await stub.CreateJobAsync(Slow);
        using var watch = stub.Watch(jobId, after);
        Assert.Equal(status, (await watch.FailureAsync()).StatusCode);
        using var longest = stub.Watch(new string('x', 257));
        Assert.Equal(StatusCode.InvalidArgument, (await longest.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task A_cursor_beyond_the_log_is_out_of_range_with_the_bounds_in_trailers()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Short);
        using var first = stub.Watch(jobId);
        var last = (await first.RestAsync())[^1].Id;
        using var ahead = stub.Watch(jobId, last + 1);
        var failure = await ahead.FailureAsync();
        Assert.Equal(StatusCode.OutOfRange, failure.StatusCode);
        Assert.Equal("1", failure.Trailers.GetValue("earliest-event-id"));
        Assert.Equal($"{last}", failure.Trailers.GetValue("latest-event-id"));
    }

    [Fact]
    public async Task The_epoch_outlives_a_restart_and_another_one_is_refused()
    {
        string jobId;
        string epoch;
        await using (var stub = await StubHost.StartAsync(directory.Path))
        {
            jobId = await stub.CreateJobAsync(Slow);
            using var watch = stub.Watch(jobId);
            epoch = (await watch.SubscribedAsync()).Epoch;
        }

        await using var again = await StubHost.StartAsync(directory.Path);
        using var same = again.Watch(jobId, 0, epoch);
        Assert.Equal(epoch, (await same.SubscribedAsync()).Epoch);
        using var other = again.Watch(jobId, 0, "another");
        Assert.Equal(StatusCode.FailedPrecondition, (await other.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task A_silent_watch_gets_a_heartbeat_that_names_what_was_sent()
    {
        var clock = new SignallingClock();
        await using var stub = await StubHost.StartAsync(directory.Path, clock);
        var jobId = await stub.CreateJobAsync(Slow);
        using var first = stub.Watch(jobId);
        var newest = await first.EventAsync(e => e.Stage == "mutate");
        using var watch = stub.Watch(jobId, newest.Id);
        await watch.SubscribedAsync();
        await watch.NextAsync();

        var interval = TimeSpan.FromSeconds(15);
        for (var round = 0; round < 2; round++)
        {
            // Both watches have begun to wait.
            await clock.WaitStartedAsync(interval);
            await clock.WaitStartedAsync(interval);
            clock.Advance(interval);
            var message = await watch.NextAsync();
            Assert.Equal(Message.Heartbeat, message!.MessageCase);
            Assert.Equal(newest.Id, message.Heartbeat.LastEventId);
        }
    }

    [Fact]
    public async Task A_stop_ends_open_watches_with_UNAVAILABLE_and_quickly()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var watch = stub.Watch(await stub.CreateJobAsync(Slow));
        await watch.EventAsync(e => e.Stage == "mutate");
        var begun = TimeProvider.System.GetTimestamp();
        var stopping = stub.StopAsync();
        Assert.Equal(StatusCode.Unavailable, (await watch.FailureAsync()).StatusCode);
        await stopping;
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_thousand_watches_of_one_job_all_get_its_next_event()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(Slow);
        var watches = Enumerable.Range(0, 1000).Select(_ => stub.Watch(jobId, after: null)).ToList();
        await Task.WhenAll(watches.Select(watch => watch.SubscribedAsync()));
        await stub.PostAsync($"/jobs/{jobId}/cancel");
        var ends = await Task.WhenAll(watches.Select(watch => watch.RestAsync()));
        Assert.All(ends, events => Assert.NotNull(events[^1].JobCancelled));
        watches.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task Health_is_served()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var answer = await new Health.HealthClient(stub.Grpc).CheckAsync(new HealthCheckRequest(), cancellationToken: Deadline.Token);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }
}
