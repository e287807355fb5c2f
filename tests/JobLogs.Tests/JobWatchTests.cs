using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Watch;

namespace OptimizationGateway.JobLogs.Tests;

public sealed class JobWatchTests
{
    private readonly RecordingStream sent = new();

    [Fact]
    public async Task A_watch_that_lags_behind_the_truncation_is_told_and_gets_nothing_beyond_the_gap()
    {
        var failure = await FailureAsync(
            new JobLogPage(new JobLogState("one", 1, 2, Ended: false), [Event(1), Event(2)]),
            new JobLogPage(new JobLogState("one", 11, 12, Ended: true), [Event(11), Event(12)])
        );

        Assert.Equal(StatusCode.OutOfRange, failure.StatusCode);
        Assert.Equal("11", failure.Trailers.GetValue("earliest-event-id"));
        Assert.Equal([1L, 2L], sent.Messages.SelectMany(m => m.Replay?.Events.Select(e => e.Id) ?? []));
        Assert.DoesNotContain(sent.Messages, m => m.Event is not null);
    }

    [Fact]
    public async Task A_watch_whose_log_becomes_another_one_ends_and_gets_nothing_of_it()
    {
        var failure = await FailureAsync(
            new JobLogPage(new JobLogState("one", 1, 2, Ended: false), [Event(1), Event(2)]),
            new JobLogPage(new JobLogState("two", 1, 3, Ended: false), [Event(3)])
        );

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.DoesNotContain(sent.Messages, m => m.Event is not null);
    }

    [Fact]
    public async Task A_watch_whose_job_is_gone_ends_with_NOT_FOUND()
    {
        var failure = await FailureAsync(new JobLogPage(new JobLogState("one", 1, 0, Ended: false), []), null);
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task A_fault_of_the_page_that_is_read_ahead_is_told_after_the_page_before_it()
    {
        var failure = await FailureAsync(
            new JobLogPage(new JobLogState("one", 1, 4, Ended: false), [Event(1), Event(2)]),
            new JobLogPage(new JobLogState("two", 1, 4, Ended: false), [Event(3), Event(4)])
        );

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        var replay = Assert.Single(sent.Messages, m => m.Replay is not null).Replay;
        Assert.True(replay.HasMore);
        Assert.Equal([1L, 2L], replay.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task A_page_is_read_while_the_one_before_it_is_sent_and_no_further_one()
    {
        var state = new JobLogState("one", 1, 3, Ended: true);
        var log = new ChangingLog([new(state, [Event(1)]), new(state, [Event(2)]), new(state, [Event(3)])]);
        var watch = new JobWatch(
            log,
            new WatchJobRequest { JobId = "job-1", AfterEventId = 0 },
            sent,
            new HeartbeatClock(TimeSpan.FromSeconds(15), TimeProvider.System)
        );
        sent.Sending = new TaskCompletionSource();
        var running = watch.RunAsync(TestContext.Current.CancellationToken);
        await log.HasLookedTwice.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal((2, 2), (log.Looked, sent.Messages.Count));

        sent.Sending.SetResult();
        await running;
        Assert.Equal([1L, 2L, 3L], sent.Messages.SelectMany(m => m.Replay?.Events.Select(e => e.Id) ?? []));
    }

    [Fact]
    public void A_page_is_cut_by_events_and_by_bytes_and_has_at_least_one()
    {
        var state = new JobLogState("one", 1, 1000, Ended: false);
        var large = new JobEvent { Stage = new string('x', JobLogPage.MaxBytes / 2) };

        Assert.Equal(JobLogPage.MaxEvents, JobLogPage.Of(state, Enumerable.Range(1, 1000).Select(id => Event(id))).Events.Count);
        Assert.Single(JobLogPage.Of(state, [large, large]).Events);
        Assert.Single(JobLogPage.Of(state, [new JobEvent { Stage = new string('x', 2 * JobLogPage.MaxBytes) }, Event(2)]).Events);
        Assert.Empty(JobLogPage.Of(state, []).Events);
    }

    private Task<RpcException> FailureAsync(params JobLogPage?[] looks)
    {
        var request = new WatchJobRequest { JobId = "job-1", AfterEventId = 0 };
        var watch = new JobWatch(new ChangingLog(looks), request, sent, new HeartbeatClock(TimeSpan.FromSeconds(15), TimeProvider.System));
        return Assert.ThrowsAsync<RpcException>(() => watch.RunAsync(TestContext.Current.CancellationToken));
    }

    private static JobEvent Event(long id) => new() { Id = id };

    /// <summary>Another one at each look.</summary>
    private sealed class ChangingLog(JobLogPage?[] looks) : IJobLog
    {
        private int looked;

        public int Looked => Volatile.Read(ref looked);

        public TaskCompletionSource HasLookedTwice { get; } = new();

        public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => throw new NotSupportedException();

        public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token)
        {
            var look = looks[Interlocked.Increment(ref looked) - 1];
            if (Looked == 2)
            {
                HasLookedTwice.TrySetResult();
            }

            return new(look);
        }

        public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) => Task.FromResult(true);
    }

    private sealed class RecordingStream : IAsyncStreamWriter<WatchJobResponse>
    {
        public List<WatchJobResponse> Messages { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        /// <summary>Completes when replays are sent; null: at once.</summary>
        public TaskCompletionSource? Sending { get; set; }

        public Task WriteAsync(WatchJobResponse message)
        {
            Messages.Add(message);
            return message.Replay is null || Sending is null ? Task.CompletedTask : Sending.Task;
        }

        public Task WriteAsync(WatchJobResponse message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
