using System.Collections.Concurrent;
using OptimizationGateway.Gateway.Subscriptions;
using static OptimizationGateway.Gateway.Tests.Subscriptions.AbsentJobs;

namespace OptimizationGateway.Gateway.Tests.Subscriptions;

public sealed class SubscriptionSetTests
{
    [Fact]
    public async Task There_are_as_many_subscriptions_as_are_allowed_and_a_seek_needs_no_further_one()
    {
        await using var jobs = new AbsentJobs();
        var set = New(jobs, limit: 2);

        Assert.True(set.TryStart(Subscribe("away-1")));
        Assert.True(set.TryStart(Subscribe("away-2")));
        Assert.False(set.TryStart(Subscribe("away-3")));
        Assert.True(set.TryStart(Subscribe("away-2")));

        Assert.Equal(["away-1", "away-2"], Views(set).Select(view => view.JobId));
        await set.EndAllAsync();
    }

    [Fact]
    public async Task An_ended_subscription_leaves_its_place_and_says_nothing_more()
    {
        await using var jobs = new AbsentJobs();
        var set = New(jobs, limit: 1);
        Assert.True(set.TryStart(Subscribe("away-1")));

        set.End("away-1");
        set.End("away-1");

        Assert.True(set.TryStart(Subscribe("away-2")));
        await set.EndAllAsync();
        Assert.False(jobs.Outbox.TryTake(out _, out _));
    }

    [Fact]
    public async Task One_that_ends_by_itself_tells_the_client_why_and_leaves_its_place()
    {
        await using var jobs = new AbsentJobs();
        var set = New(jobs, limit: 1);
        Assert.True(set.TryStart(Subscribe("nobodys")));

        var error = await jobs.TakeAsync();
        Assert.Equal("job_not_found", (string?)error["code"]);
        Assert.Equal("not_opened", (string?)error["subscription"]);

        await jobs.EventuallyAsync(() => set.TryStart(Subscribe("away-1")), "there is room again");
        Assert.Equal(["away-1"], Views(set).Select(view => view.JobId));
        await set.EndAllAsync();
    }

    [Fact]
    public async Task Once_all_have_ended_they_can_still_be_looked_at()
    {
        await using var jobs = new AbsentJobs();
        var set = New(jobs, limit: 2);
        Assert.True(set.TryStart(Subscribe("away-1")));

        await set.EndAllAsync();

        var view = Assert.Single(Views(set));
        Assert.Equal(SubscriptionState.Opening, view.State);
        Assert.Equal(0, view.AfterEventId);
    }

    [Fact]
    public async Task Cancelled_work_is_no_fault_and_any_other_exception_is()
    {
        await using var jobs = new AbsentJobs();
        var faults = new ConcurrentQueue<Exception>();
        using var cancelled = new JobTask(jobs.Outbox.OpenLane(), stop => Task.Delay(Timeout.Infinite, stop), faults.Enqueue);
        using var broken = new JobTask(jobs.Outbox.OpenLane(), _ => throw new InvalidOperationException("broken"), faults.Enqueue);
        using var foreign = new JobTask(jobs.Outbox.OpenLane(), _ => throw new OperationCanceledException("not ours"), faults.Enqueue);

        cancelled.Stop();
        await Task.WhenAll(cancelled.Running, broken.Running, foreign.Running);

        Assert.Equal(["broken", "not ours"], faults.Select(fault => fault.Message).Order(StringComparer.Ordinal));
    }

    private static SubscriptionSet New(AbsentJobs jobs, int limit) =>
        new(jobs.Source, jobs.Outbox, limit, jobs.Clock, jobs.Metrics, timeline: null, jobs.Faults.Enqueue);

    private static List<SubscriptionView> Views(SubscriptionSet set)
    {
        var views = new List<SubscriptionView>();
        set.AddTo(views);
        return views;
    }
}
