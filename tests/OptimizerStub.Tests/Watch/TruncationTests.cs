using Grpc.Core;
using OptimizationGateway.OptimizerStub.Tests.Harness;

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
}
