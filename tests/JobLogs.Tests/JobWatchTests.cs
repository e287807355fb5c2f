using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Watch;

namespace OptimizationGateway.JobLogs.Tests;

public sealed class JobWatchTests
{
    [Fact]
    public async Task A_watch_that_lags_behind_the_truncation_is_told_and_gets_nothing_beyond_the_gap()
    {
        var log = new ShrinkingLog();
        var sent = new RecordingStream();
        var request = new WatchJobRequest { JobId = "job-1", AfterEventId = 0 };
        var watch = new JobWatch(log, request, sent, TimeSpan.FromSeconds(15));
        var failure = await Assert.ThrowsAsync<RpcException>(() => watch.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.OutOfRange, failure.StatusCode);
        Assert.Equal("11", failure.Trailers.GetValue("earliest-event-id"));
        Assert.Equal([1L, 2L], sent.Messages.SelectMany(m => m.Replay?.Events.Select(e => e.Id) ?? []));
        Assert.DoesNotContain(sent.Messages, m => m.Event is not null);
    }

    // Has ids 1 and 2 at the first look and 11 to 12 at the second.
    private sealed class ShrinkingLog : IJobLog
    {
        private int looks;

        public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => throw new NotSupportedException();

        public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token) =>
            new(
                looks++ == 0
                    ? new JobLogPage(new JobLogState("one", 1, 2, Ended: false), [Event(1), Event(2)])
                    : new JobLogPage(new JobLogState("one", 11, 12, Ended: true), [Event(11), Event(12)])
            );

        public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) => Task.FromResult(true);

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
