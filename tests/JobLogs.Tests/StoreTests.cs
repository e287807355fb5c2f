using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests;

/// <summary>What a store does beyond appends: producers, leases, the list of jobs, and jobs that are kept for a time.</summary>
public abstract class StoreTests : IAsyncDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Engine Engine { get; }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Engine.DisposeAsync();
    }

    [Fact]
    public async Task A_producers_append_is_made_once_also_after_the_log_was_opened_again()
    {
        var append = new JobProducer("p", 0, 0);
        await using (var before = await OpenAsync())
        {
            var made = await before.Store.AppendAsync(new JobAppend("a", Score()) { Producer = append }, Token);
            Assert.Equal((true, false, 0L, 1L), (made.IsNew, made.IsRepeat, made.ProducerSequence, made.State.LastId));
        }

        await using var logs = await OpenAsync();
        var repeat = await logs.Store.AppendAsync(new JobAppend("a", Score()) { Producer = append }, Token);
        Assert.Equal((false, true, 0L, 1L), (repeat.IsNew, repeat.IsRepeat, repeat.ProducerSequence, repeat.State.LastId));
        await logs.Store.AppendAsync(new JobAppend("a", Completed()) { Producer = append with { Epoch = 1 } }, Token);

        var fenced = await Assert.ThrowsAsync<ProducerException>(() =>
            logs.Store.AppendAsync(new JobAppend("b", Score()) { Producer = append with { Sequence = 4 } }, Token)
        );
        Assert.Equal((ProducerRefusal.Gap, 0L), (fenced.Refusal, fenced.ExpectedSequence));
        Assert.Null(await logs.Store.FindAsync("b", Token));
        Assert.Equal([1L, 2L], (await logs.Store.ReadAsync("a", 0, Token))!.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task A_lease_that_runs_out_is_told_to_watchers_and_so_is_the_producers_return()
    {
        await using var logs = await OpenAsync(static settings => settings.SweepsByItself = false);
        await logs.Store.AppendAsync(new JobAppend("a", Score()) { Lease = TimeSpan.FromSeconds(60) }, Token);
        await logs.Store.AppendAsync(new JobAppend("quiet", Score()), Token);
        clock.Advance(TimeSpan.FromSeconds(60));
        await logs.Store.SweepAsync(Token);
        Assert.Equal(1, (await logs.Store.FindAsync("a", Token))!.LastId);

        var waiting = logs.Store.WaitAsync("a", 1, TimeSpan.FromHours(1), Token);
        clock.Advance(TimeSpan.FromSeconds(1));
        await logs.Store.SweepAsync(Token);
        Assert.True(await waiting);
        await logs.Store.AppendAsync(new JobAppend("a"), Token);
        clock.Advance(TimeSpan.FromSeconds(61));
        await logs.Store.SweepAsync(Token);
        clock.Advance(TimeSpan.FromHours(1));
        await logs.Store.SweepAsync(Token);

        var page = await logs.Store.ReadAsync("a", 0, Token);
        Assert.Equal(
            ["IterationCompleted", "JobFailed True", "JobResumed", "JobFailed True", "JobFailed False"],
            page!.Events.Select(e => e.JobFailed is { WillRetry: var retries } ? $"{e.PayloadCase} {retries}" : $"{e.PayloadCase}")
        );
        Assert.True(page.State.Ended);
        Assert.Equal(JobState.Failed, (await logs.Store.DescribeAsync("a", Token))!.State);
        Assert.Equal(1, (await logs.Store.FindAsync("quiet", Token))!.LastId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Jobs_are_listed_by_their_last_change_in_pages_and_found_by_state_and_text(int limit)
    {
        await using var logs = await OpenAsync();
        foreach (var job in (string[])["a", "b", "c", "d", "e", "f"])
        {
            var started = new JobEvent
            {
                JobStarted = new JobStarted { PromptId = $"Prompt-{job}", DatasetId = "set" },
            };
            await logs.Store.AppendAsync(new JobAppend(job, started), Token);
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        await logs.Store.AppendAsync("b", Completed(), Token);

        var listed = new List<string>();
        var query = new JobListQuery([], "", After: null, limit);
        for (JobList? page = null; page?.Next is not null || page is null; query = query with { After = page.Next })
        {
            page = await logs.Store.ListAsync(query, Token);
            listed.AddRange(page.Jobs.Select(job => job.JobId));
        }

        Assert.Equal(["b", "f", "e", "d", "c", "a"], listed);
        Assert.Equal(["b"], await IdsAsync(new JobListQuery([JobState.Completed], "", After: null, Limit: 9)));
        Assert.Equal(["c"], await IdsAsync(new JobListQuery([], "prompt-C", After: null, Limit: 9)));
        Assert.Equal(["a"], await IdsAsync(new JobListQuery([], "A", After: null, Limit: 9)));
        Assert.Equal(["b"], await IdsAsync(new JobListQuery([JobState.Completed, JobState.Paused], "Set", After: null, Limit: 9)));
        Assert.Equal([], await IdsAsync(new JobListQuery([], "%", After: null, Limit: 9)));
        Assert.Equal([], await IdsAsync(new JobListQuery([JobState.Running], "nothing", After: null, Limit: 9)));

        async Task<IEnumerable<string>> IdsAsync(JobListQuery asked) =>
            (await logs.Store.ListAsync(asked, Token)).Jobs.Select(job => job.JobId);
    }

    [Fact]
    public async Task An_ended_job_is_dropped_after_its_time_and_its_name_begins_another_log()
    {
        await using var logs = await OpenAsync(static settings =>
            (settings.RetainEndedJobs, settings.SweepsByItself) = (TimeSpan.FromDays(1), false)
        );
        await logs.Store.AppendAsync(new JobAppend("a", Completed()) { Producer = new JobProducer("p", 3, 0) }, Token);
        await logs.Store.AppendAsync("running", Score(), Token);
        var before = await logs.Store.FindAsync("a", Token);
        clock.Advance(TimeSpan.FromDays(1));
        await logs.Store.SweepAsync(Token);
        Assert.NotNull(await logs.Store.FindAsync("a", Token));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await logs.Store.SweepAsync(Token);
        Assert.Null(await logs.Store.FindAsync("a", Token));
        Assert.Null(await logs.Store.ReadAsync("a", 0, Token));
        Assert.NotNull(await logs.Store.FindAsync("running", Token));

        var again = await logs.Store.AppendAsync(new JobAppend("a", Score()) { Producer = new JobProducer("p", 0, 0) }, Token);
        Assert.Equal((true, 1L), (again.IsNew, again.State.LastId));
        Assert.NotEqual(before!.Epoch, again.State.Epoch);
        Assert.Single((await logs.Store.ReadAsync("a", 0, Token))!.Events);
    }

    [Fact]
    public async Task A_job_too_many_is_refused_until_another_one_is_deleted()
    {
        await using var logs = await OpenAsync(settings =>
            (settings.MaxJobs, settings.RetainEndedJobs, settings.SweepsByItself) = (2, TimeSpan.FromMinutes(1), false)
        );
        await logs.Store.AppendAsync(new JobAppend("a", Completed()), Token);
        await logs.Store.AppendAsync(new JobAppend("b"), Token);
        await RefusedAsync();
        await logs.Store.SweepAsync(Token);
        await RefusedAsync();

        // A job that is there takes appends as before, and a repeat of its first append is no new job.
        await logs.Store.AppendAsync("b", Score(), Token);
        clock.Advance(TimeSpan.FromMinutes(2));
        await logs.Store.SweepAsync(Token);
        Assert.True((await logs.Store.AppendAsync(new JobAppend("c", Score()), Token)).IsNew);
        await RefusedAsync();

        async Task RefusedAsync()
        {
            var refused = await Assert.ThrowsAsync<JobLogLimitException>(() => logs.Store.AppendAsync(new JobAppend("d", Score()), Token));
            Assert.Equal((JobLogLimit.Jobs, "The log may have 2 jobs"), (refused.Limit, refused.Message));
            Assert.Null(await logs.Store.FindAsync("d", Token));
        }
    }

    [Fact]
    public async Task A_producer_too_many_of_a_job_is_refused_and_those_that_are_known_go_on()
    {
        await using var logs = await OpenAsync(settings => settings.MaxProducersPerJob = 2);
        await AppendAsync("a", new JobProducer("p", 0, 0));
        await AppendAsync("a", new JobProducer("q", 0, 0));

        var refused = await Assert.ThrowsAsync<JobLogLimitException>(() => AppendAsync("a", new JobProducer("r", 0, 0)));
        Assert.Equal((JobLogLimit.ProducersPerJob, "A job may have 2 producers"), (refused.Limit, refused.Message));
        await AppendAsync("a", new JobProducer("p", 0, 1));
        await AppendAsync("a", new JobProducer("q", 1, 0));
        await AppendAsync("a", producer: null);
        await AppendAsync("b", new JobProducer("r", 0, 0));
        Assert.True((await AppendAsync("a", new JobProducer("p", 0, 1))).IsRepeat);
        Assert.Equal(5, (await logs.Store.FindAsync("a", Token))!.LastId);

        // What is wrong with an append is told before what the log has no room for.
        var gap = await Assert.ThrowsAsync<ProducerException>(() => AppendAsync("a", new JobProducer("r", 0, 3)));
        Assert.Equal(ProducerRefusal.Gap, gap.Refusal);

        Task<JobAppendResult> AppendAsync(string job, JobProducer? producer) =>
            logs.Store.AppendAsync(new JobAppend(job, Score()) { Producer = producer }, Token);
    }

    private Task<TestLogs> OpenAsync(Action<StoreSettings>? configure = null) => Engine.OpenAsync(configure, clock);

    private static JobEvent Score() => new() { IterationCompleted = new IterationCompleted { Score = 0.5 } };

    private static JobEvent Completed() => new() { JobCompleted = new JobCompleted { ResultPromptId = "p" } };
}
