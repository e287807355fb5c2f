using Grpc.Core;
using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Load;

public sealed class LoadJobsTests : IDisposable
{
    private const string LoadJobs = "--Stub:LoadJobs=true";
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(500)]
    [InlineData(10_000)]
    public async Task A_load_job_has_as_many_events_as_its_name_says_and_ends_with_job_completed(int count)
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, LoadJobs);
        using var watch = stub.Watch($"load-{count}");
        var events = await watch.RestAsync();
        Assert.Equal(Enumerable.Range(1, count).Select(id => (long)id), events.Select(e => e.Id));
        Assert.NotNull(events[^1].JobCompleted);
        using var half = stub.Watch($"load-{count}", count / 2);
        Assert.Equal(events.Skip(count / 2), await half.RestAsync());
    }

    [Fact]
    public async Task A_live_only_watch_of_a_load_job_is_told_that_it_has_ended()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, LoadJobs);
        using var watch = stub.Watch("load-3", after: null);
        var subscribed = await watch.SubscribedAsync();
        Assert.Equal((3L, true), (subscribed.LastEventId, subscribed.Ended));
        Assert.Empty(await watch.RestAsync());
    }

    [Theory]
    [InlineData("paced-10")]
    [InlineData("paced-40")]
    [InlineData("paced-9999")]
    public async Task A_live_only_watch_of_a_paced_job_opens_at_any_rate(string jobId)
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, LoadJobs);
        using var watch = stub.Watch(jobId, after: null);
        Assert.False((await watch.SubscribedAsync()).Ended);
    }

    [Fact]
    public async Task Marked_events_carry_their_job_their_id_and_a_hash_of_both()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, LoadJobs, "--Stub:MarkLoadEvents=true");
        using var watch = stub.Watch("load-3");
        var details = (await watch.RestAsync()).Select(e => e.Details.Fields).ToList();
        Assert.All(details, fields => Assert.Equal("load-3", fields["job"].StringValue));
        Assert.Equal([1d, 2d, 3d], details.Select(fields => fields["id"].NumberValue));
        Assert.Equal(["d9cf42b5", "d6cf3dfc", "d7cf3f8f"], details.Select(fields => fields["hash"].StringValue));
    }

    [Theory]
    [InlineData("load-0")]
    [InlineData("load-1000001")]
    [InlineData("load-01")]
    [InlineData("load-")]
    [InlineData("paced-0")]
    [InlineData("paced-10001")]
    public async Task Other_names_are_not_found(string jobId)
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, LoadJobs);
        using var watch = stub.Watch(jobId);
        Assert.Equal(StatusCode.NotFound, (await watch.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task A_paced_job_goes_by_the_clock_and_its_ids_stay_valid_over_a_restart()
    {
        var clock = new SignallingClock();
        string epoch;
        Google.Protobuf.WellKnownTypes.Timestamp tenth;
        await using (var stub = await StubHost.StartAsync(directory.Path, clock, LoadJobs))
        {
            using var watch = stub.Watch("paced-10", after: null);
            var subscribed = await watch.SubscribedAsync();
            epoch = subscribed.Epoch;
            Assert.Equal(0, subscribed.LastEventId);
            await clock.WaitStartedAsync(TimeSpan.FromMilliseconds(100));
            clock.Advance(TimeSpan.FromSeconds(1));
            tenth = (await watch.EventAsync(e => e.Id == 10)).Timestamp;
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        await using var again = await StubHost.StartAsync(directory.Path, clock, LoadJobs);
        using var resumed = again.Watch("paced-10", 9, epoch);
        Assert.Equal(30, (await resumed.SubscribedAsync()).LastEventId);
        var first = await resumed.EventAsync();
        Assert.Equal((10L, tenth), (first!.Id, first.Timestamp));
        await resumed.EventAsync(e => e.Id == 30);
    }

    [Fact]
    public async Task A_fast_paced_job_keeps_its_pace_though_no_timer_is_as_fine()
    {
        var clock = new SignallingClock();
        await using var stub = await StubHost.StartAsync(directory.Path, clock, LoadJobs);
        using var watch = stub.Watch("paced-10000", after: null);
        var expected = (await watch.SubscribedAsync()).LastEventId;
        for (var round = 0; round < 300; round++)
        {
            await clock.WaitStartedAsync(TimeSpan.FromMilliseconds(1));
            clock.Advance(TimeSpan.FromMilliseconds(1));
            for (var count = 0; count < 10; count++)
            {
                var told = (await watch.EventAsync())!;
                Assert.Equal(++expected, told.Id);
                Assert.InRange(told.Timestamp.ToDateTimeOffset(), DateTimeOffset.MinValue, clock.GetUtcNow());
            }
        }
    }
}
