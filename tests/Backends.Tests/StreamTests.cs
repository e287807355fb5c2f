using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>PROTOCOL.md section 8, rule by rule, as each example keeps it; no gateway between.</summary>
public sealed class StreamTests
{
    private const int MaxBatchEvents = 500;
    private const int MaxBatchBytes = 1024 * 1024;

    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task Ten_thousand_events_come_in_batches_within_the_limits_and_end_with_OK(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        using var watch = backend.Watch(new WatchJobRequest { JobId = "load-10000", AfterEventId = 0 });

        var messages = await ExampleBackend.ReadAsync(watch);

        var subscribed = messages[0].Subscribed;
        Assert.True(subscribed.Ended);
        Assert.NotEmpty(subscribed.Epoch);
        Assert.Equal(10_000, subscribed.LastEventId);
        var replays = messages.Skip(1).Select(m => m.Replay).ToList();
        Assert.All(replays, replay => Assert.InRange(replay.Events.Count, 1, MaxBatchEvents));
        Assert.All(replays, replay => Assert.InRange(replay.CalculateSize(), 1, MaxBatchBytes));
        Assert.All(replays.SkipLast(1), replay => Assert.True(replay.HasMore));
        Assert.False(replays[^1].HasMore);
        var events = replays.SelectMany(replay => replay.Events).ToList();
        Assert.Equal(Enumerable.Range(1, 10_000).Select(id => (long)id), events.Select(e => e.Id));
        Assert.All(events, e => Assert.Equal(e.Id - 1, e.PreviousId));
        Assert.NotNull(events[^1].JobCompleted);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_watch_without_a_cursor_hears_of_what_comes_and_of_nothing_before(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.StartJobAsync(iterations: 100_000, delayMs: 5);
        using var watch = backend.Watch(new WatchJobRequest { JobId = job });

        var subscribed = (await ExampleBackend.NextAsync(watch)).Subscribed;
        var first = (await ExampleBackend.NextAsync(watch)).Event;

        Assert.False(subscribed.Ended);
        Assert.Equal(subscribed.LastEventId + 1, first.Id);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task The_seam_has_no_gap_and_no_repeat_that_a_gateway_would_have_to_mend(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.StartJobAsync(iterations: 1_000_000, delayMs: 0);
        var after = 0L;
        for (var round = 0; round < 100; round++)
        {
            using var watch = backend.Watch(new WatchJobRequest { JobId = job, AfterEventId = after });
            var last = (await ExampleBackend.NextAsync(watch)).Subscribed.LastEventId;
            for (var message = await ExampleBackend.NextAsync(watch); ; message = await ExampleBackend.NextAsync(watch))
            {
                var ids = message.Replay?.Events.Select(e => e.Id).ToList() ?? [message.Event.Id];
                Assert.Equal(Enumerable.Range(1, ids.Count).Select(i => after + i), ids);
                after += ids.Count;
                if (message.Event is not null)
                {
                    break;
                }

                Assert.Equal(message.Replay!.HasMore, after < last);
            }
        }
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task History_only_ends_with_OK_after_its_last_batch_and_that_batch_may_be_empty(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.StartJobAsync(iterations: 1, delayMs: 60_000);
        using var all = backend.Watch(
            new WatchJobRequest
            {
                JobId = job,
                AfterEventId = 0,
                HistoryOnly = true,
            }
        );
        using var none = backend.Watch(
            new WatchJobRequest
            {
                JobId = job,
                AfterEventId = 1,
                HistoryOnly = true,
            }
        );

        Assert.Equal([1], (await ExampleBackend.ReadAsync(all))[1].Replay.Events.Select(e => e.Id));
        var messages = await ExampleBackend.ReadAsync(none);
        Assert.Equal(2, messages.Count);
        Assert.Empty(messages[1].Replay.Events);
        Assert.False(messages[1].Replay.HasMore);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_live_only_watch_of_a_job_that_has_ended_is_told_so_and_ends_with_OK(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        using var watch = backend.Watch(new WatchJobRequest { JobId = "load-7" });

        var messages = await ExampleBackend.ReadAsync(watch);

        Assert.True(Assert.Single(messages).Subscribed.Ended);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task What_it_can_not_serve_it_refuses_by_the_status_that_says_why(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.FinishedJobAsync(iterations: 3);

        var unknown = await RefusedAsync(new WatchJobRequest { JobId = "../log", AfterEventId = 0 });
        var unnamed = await RefusedAsync(new WatchJobRequest { AfterEventId = 0 });
        var ahead = await RefusedAsync(new WatchJobRequest { JobId = job, AfterEventId = 6 });
        var furthest = await RefusedAsync(new WatchJobRequest { JobId = job, AfterEventId = (1L << 53) - 1 });
        var other = await RefusedAsync(
            new WatchJobRequest
            {
                JobId = job,
                AfterEventId = 0,
                Epoch = "another",
            }
        );

        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(StatusCode.NotFound, unnamed.StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, other.StatusCode);
        foreach (var refusal in new[] { ahead, furthest })
        {
            Assert.Equal(StatusCode.OutOfRange, refusal.StatusCode);
            Assert.Equal("1", refusal.Trailers.GetValue("earliest-event-id"));
            Assert.Equal("5", refusal.Trailers.GetValue("latest-event-id"));
        }

        async Task<RpcException> RefusedAsync(WatchJobRequest request)
        {
            using var watch = backend.Watch(request);
            return await Assert.ThrowsAsync<RpcException>(() => ExampleBackend.ReadAsync(watch));
        }
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_silent_job_is_heard_of_by_heartbeats_that_name_what_this_stream_has_sent(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language, heartbeat: 0.1);
        var job = await backend.StartJobAsync(iterations: 1, delayMs: 600_000);
        using var watch = backend.Watch(new WatchJobRequest { JobId = job });

        Assert.Equal(1, (await ExampleBackend.NextAsync(watch)).Subscribed.LastEventId);
        for (var beat = 0; beat < 3; beat++)
        {
            Assert.Equal(1, (await ExampleBackend.NextAsync(watch)).Heartbeat.LastEventId);
        }
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_job_and_its_epoch_are_the_same_after_a_kill(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.FinishedJobAsync(iterations: 3);
        var before = await AllAsync();

        await backend.Process.KillAsync();
        await backend.Process.StartAsync();

        Assert.Equal(before, await AllAsync());

        async Task<List<WatchJobResponse>> AllAsync()
        {
            using var watch = backend.Watch(new WatchJobRequest { JobId = job, AfterEventId = 0 });
            return await ExampleBackend.ReadAsync(watch);
        }
    }
}
