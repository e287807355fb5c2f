using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.JobLogs.Postgres;

namespace OptimizationGateway.JobLogs.Tests.Postgres;

public sealed class WatchedJobsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly WatchedJobs watched = new(new FakeTimeProvider());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => watched.Dispose();

    [Fact]
    public async Task A_quiet_job_is_looked_at_once_for_each_snapshot_also_if_nobody_waited_at_the_time_of_the_look()
    {
        var waiting = watched.WaitAsync("a", 0, Long, Token);
        Assert.Equal(["a"], Look(1));
        Assert.Equal([], Look(1));
        Assert.Equal(["a"], Look(2));
        Assert.Equal([], Look(2));

        watched.Publish("a", 1);
        Assert.True(await waiting);
        Assert.Equal([], Look(3));
        var again = watched.WaitAsync("a", 1, Long, Token);
        Assert.Equal(["a"], Look(3));
        Assert.Equal([], Look(3));

        watched.Nudge("a");
        Assert.Equal(["a"], Look(null));
        watched.Publish("a", 2);
        Assert.True(await again);
    }

    /// <summary>Looks as the poller does.</summary>
    private List<string> Look(long? look)
    {
        var (due, _) = watched.Due(activeFor: TimeSpan.Zero, look);
        due.ForEach(job => job.Look = look ?? job.Look);
        return due.ConvertAll(job => job.JobId);
    }
}
