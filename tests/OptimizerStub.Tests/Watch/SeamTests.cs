using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Watch;

public sealed class SeamTests : IDisposable
{
    private const int Jobs = 5;
    private const int WatchesPerJob = 50;

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Watches_that_join_while_the_job_writes_miss_nothing_and_get_nothing_twice()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(seed => RaceAsync(stub, seed)));
    }

    // Each round joins somewhere in a job that writes some four hundred events as fast as it can.
    private static async Task RaceAsync(StubHost stub, int seed)
    {
        var jobId = await stub.CreateJobAsync(new { maxIterations = 100, seed });
        var rounds = new List<Task<bool>>();
        var random = new Random(seed);
        using var pace = stub.Watch(jobId);
        for (var round = 0; round < WatchesPerJob; round++)
        {
            for (var skipped = random.Next(10); skipped >= 0; skipped--)
            {
                await pace.EventAsync();
            }

            rounds.Add(FollowAsync(stub, jobId, liveOnly: round % 3 == 0, behind: random.Next(50)));
        }

        var joinedInTime = await Task.WhenAll(rounds);
        Assert.Contains(true, joinedInTime);
    }

    private static async Task<bool> FollowAsync(StubHost stub, string jobId, bool liveOnly, int behind)
    {
        var newest = (await stub.JobAsync(jobId)).GetProperty("lastEventId").GetInt64();
        var cursor = Math.Max(0, newest - behind);
        using var watch = stub.Watch(jobId, liveOnly ? null : cursor);
        var subscribed = await watch.SubscribedAsync();
        var expected = liveOnly ? subscribed.LastEventId : cursor;
        foreach (var jobEvent in await watch.RestAsync())
        {
            Assert.Equal(expected, jobEvent.PreviousId);
            Assert.Equal(++expected, jobEvent.Id);
        }

        Assert.Equal((await stub.JobAsync(jobId)).GetProperty("lastEventId").GetInt64(), expected);
        return !subscribed.Ended;
    }
}
