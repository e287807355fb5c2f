using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Log;
using OptimizationGateway.OptimizerStub.Tests.Harness;
using OptimizationGateway.OptimizerStub.Watch;

namespace OptimizationGateway.OptimizerStub.Tests.Watch;

public sealed class TruncationTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_log_cut_short_starts_at_its_earliest_event_and_refuses_a_cursor_before_it()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, "--Stub:RetainEventsPerJob=10");
        var jobId = await stub.CreateJobAsync(new { maxIterations = 10, seed = 1 });
        using (var pace = stub.Watch(jobId, after: null))
        {
            await pace.RestAsync();
        }

        using var all = stub.Watch(jobId);
        Assert.Equal(33, (await all.SubscribedAsync()).EarliestEventId);
        Assert.Equal(Enumerable.Range(33, 10).Select(id => (long)id), (await all.RestAsync()).Select(e => e.Id));

        using var edge = stub.Watch(jobId, 32);
        Assert.Equal(10, (await edge.RestAsync()).Count);

        using var before = stub.Watch(jobId, 31);
        var failure = await before.FailureAsync();
        Assert.Equal(StatusCode.OutOfRange, failure.StatusCode);
        Assert.Equal("33", failure.Trailers.GetValue("earliest-event-id"));
        Assert.Equal("42", failure.Trailers.GetValue("latest-event-id"));
    }

    [Fact]
    public async Task A_watch_that_lags_behind_the_truncation_is_told_and_gets_nothing_beyond_the_gap()
    {
        var log = new ShrinkingLog();
        var sent = new RecordingStream();
        var request = new WatchJobRequest { JobId = "job-1", AfterEventId = 0 };
        var watch = new JobWatch(log, request, sent, TimeSpan.FromSeconds(15));
        var failure = await Assert.ThrowsAsync<RpcException>(() => watch.RunAsync(Deadline.Token));

        Assert.Equal(StatusCode.OutOfRange, failure.StatusCode);
        Assert.Equal("11", failure.Trailers.GetValue("earliest-event-id"));
        Assert.Equal([1L, 2L], sent.Messages.SelectMany(m => m.Replay?.Events.Select(e => e.Id) ?? []));
        Assert.DoesNotContain(sent.Messages, m => m.Event is not null);
    }

    // Has ids 1 and 2 at the first look and 11 to 12 at the second.
    private sealed class ShrinkingLog : IJobLog
    {
        private int looks;

        public string Epoch => "one";

        public LogPage Read(long afterEventId) =>
            looks++ == 0 ? new LogPage(1, 2, Ended: false, [Event(1), Event(2)]) : new LogPage(11, 12, Ended: true, [Event(11), Event(12)]);

        public Task<bool> AppendedAsync(long afterEventId, TimeSpan within, CancellationToken token) => Task.FromResult(true);

        private static JobEvent Event(long id) => new() { Id = id };
    }

    private sealed class RecordingStream : IAsyncStreamWriter<WatchJobResponse>
    {
        public List<WatchJobResponse> Messages { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(WatchJobResponse message)
        {
            Messages.Add(message);
            return Task.CompletedTask;
        }

        public Task WriteAsync(WatchJobResponse message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
