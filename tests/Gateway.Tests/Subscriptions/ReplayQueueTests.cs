using OptimizationGateway.Gateway.Subscriptions;
using static OptimizationGateway.Gateway.Tests.Subscriptions.AbsentJobs;

namespace OptimizationGateway.Gateway.Tests.Subscriptions;

/// <summary>One-off replays: PROTOCOL.md section 9.</summary>
public sealed class ReplayQueueTests
{
    [Fact]
    public async Task Four_run_at_once_a_few_wait_and_the_next_is_refused()
    {
        await using var jobs = new AbsentJobs();
        var queue = New(jobs, maxWaiting: 2);

        Assert.All(Enumerable.Range(1, 6), i => Assert.True(queue.TryAdd(Replay($"away-{i}"))));
        Assert.False(queue.TryAdd(Replay("away-7")));

        Assert.Equal((4, 2), queue.Count);
        await queue.EndAllAsync();
    }

    [Fact]
    public async Task Those_of_one_job_run_one_at_a_time_and_do_not_hold_up_another_jobs()
    {
        await using var jobs = new AbsentJobs();
        var queue = New(jobs, maxWaiting: 1);

        Assert.True(queue.TryAdd(Replay("away-1")));
        Assert.True(queue.TryAdd(Replay("away-1")));
        Assert.Equal((1, 1), queue.Count);
        Assert.False(queue.TryAdd(Replay("away-1")));
        Assert.True(queue.TryAdd(Replay("away-2")));

        Assert.Equal((2, 1), queue.Count);
        await queue.EndAllAsync();
    }

    [Fact]
    public async Task Dropped_ones_make_room_for_those_that_wait()
    {
        await using var jobs = new AbsentJobs();
        var queue = New(jobs, maxWaiting: 4);
        Assert.All(Enumerable.Range(1, 5), i => Assert.True(queue.TryAdd(Replay($"away-{i}"))));
        Assert.True(queue.TryAdd(Replay("away-1")));

        queue.Drop("away-1");

        await jobs.EventuallyAsync(() => queue.Count == (4, 0), "the one that waited runs, and the dropped job has none");
        await queue.EndAllAsync();
        Assert.False(jobs.Outbox.TryTake(out _, out _));
    }

    [Fact]
    public async Task They_are_answered_in_order_and_say_what_they_answer()
    {
        await using var jobs = new AbsentJobs();
        var queue = New(jobs, maxWaiting: 4);
        Assert.True(queue.TryAdd(Replay("nobodys", "r1")));
        Assert.True(queue.TryAdd(Replay("nobodys", "r2")));

        foreach (var requestId in new[] { "r1", "r2" })
        {
            var error = await jobs.TakeAsync();
            Assert.Equal("job_not_found", (string?)error["code"]);
            Assert.Equal("untouched", (string?)error["subscription"]);
            Assert.True((bool?)error["requested"]);
            Assert.Equal(requestId, (string?)error["requestId"]);
        }

        await jobs.EventuallyAsync(() => queue.Count == (0, 0), "both are done");
    }

    [Fact]
    public async Task Nothing_starts_once_all_were_ended()
    {
        await using var jobs = new AbsentJobs();
        var queue = New(jobs, maxWaiting: 1);
        Assert.All(Enumerable.Range(1, 5), i => Assert.True(queue.TryAdd(Replay($"away-{i}"))));

        await queue.EndAllAsync();

        Assert.Equal((0, 0), queue.Count);
        Assert.True(queue.TryAdd(Replay("away-9")));
        Assert.Equal((0, 1), queue.Count);
    }

    private static ReplayQueue New(AbsentJobs jobs, int maxWaiting) =>
        new(jobs.Source, jobs.Outbox, maxWaiting, jobs.Clock, timeline: null, jobs.Faults.Enqueue);
}
