using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests;

/// <summary>What every engine promises of appends.</summary>
public abstract class AppendTests : IAsyncDisposable
{
    private protected abstract Engine Engine { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Engine.DisposeAsync();
    }

    [Fact]
    public async Task The_log_numbers_events_and_a_job_that_did_not_exist_is_created()
    {
        await using var logs = await Engine.OpenAsync();

        Assert.Null(await logs.Store.FindAsync("a", Token));
        Assert.Equal(2, (await logs.Store.AppendAsync(new JobAppend("a", Score(), Score()), Token)).State.LastId);
        Assert.Equal(1, await logs.Store.AppendAsync("b", Score(), Token));
        Assert.Equal(3, await logs.Store.AppendAsync("a", Completed(), Token));

        var page = await logs.Store.ReadAsync("a", 0, Token);
        Assert.Equal((1, 3, true), (page!.State.EarliestId, page.State.LastId, page.State.Ended));
        Assert.NotEqual(page.State.Epoch, (await logs.Store.FindAsync("b", Token))!.Epoch);
        Assert.Equal([(1, 0), (2, 1), (3, 2)], page.Events.Select(e => (e.Id, e.PreviousId)));
        Assert.All(page.Events, e => Assert.NotNull(e.Timestamp));
    }

    [Fact]
    public async Task An_append_that_expects_another_last_id_is_refused_with_the_right_one_and_changes_nothing()
    {
        await using var logs = await Engine.OpenAsync();
        var first = new JobAppend("a", Score()) { ExpectedLastId = 0, Record = """{"n":1}""" };
        await logs.Store.AppendAsync(first, Token);

        var refusal = await Assert.ThrowsAsync<AppendConflictException>(() =>
            logs.Store.AppendAsync(new JobAppend("a", Score()) { ExpectedLastId = 0, Record = """{"n":2}""" }, Token)
        );

        Assert.Equal(1, refusal.LastId);
        Assert.Equal(1, (await logs.Store.FindAsync("a", Token))!.LastId);
        Assert.Equal(2, (await logs.Store.AppendAsync(new JobAppend("a", Score()) { ExpectedLastId = 1 }, Token)).State.LastId);
    }

    [Fact]
    public async Task Of_appends_that_expect_the_same_last_id_one_is_made()
    {
        await using var logs = await Engine.OpenAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TryAsync(new JobAppend("a", Score()) { ExpectedLastId = 0 })));

        Assert.Single(made, isMade => isMade);
        Assert.Equal(1, (await logs.Store.FindAsync("a", Token))!.LastId);

        async Task<bool> TryAsync(JobAppend append)
        {
            try
            {
                await logs.Store.AppendAsync(append, Token);
                return true;
            }
            catch (AppendConflictException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Nothing_follows_the_event_that_ends_a_job()
    {
        await using var logs = await Engine.OpenAsync();
        await logs.Store.AppendAsync("a", new JobEvent { JobFailed = new JobFailed { WillRetry = true } }, Token);
        Assert.False((await logs.Store.FindAsync("a", Token))!.Ended);

        await Assert.ThrowsAsync<ArgumentException>(() => logs.Store.AppendAsync(new JobAppend("a", Completed(), Score()), Token));
        await logs.Store.AppendAsync("a", Completed(), Token);
        var ended = await Assert.ThrowsAsync<JobEndedException>(() => logs.Store.AppendAsync("a", Score(), Token));

        Assert.Equal(2, ended.LastId);
        var state = await logs.Store.FindAsync("a", Token);
        Assert.Equal((1, 2, true), (state!.EarliestId, state.LastId, state.Ended));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public async Task A_bad_id_of_a_job_is_refused(string jobId)
    {
        await using var logs = await Engine.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => logs.Store.AppendAsync(jobId, Score(), Token));
    }

    [Fact]
    public async Task A_log_that_is_opened_again_goes_on_with_its_epoch_and_its_ids()
    {
        string epoch;
        await using (var logs = await Engine.OpenAsync())
        {
            await logs.Store.AppendAsync("a", Score(), Token);
            epoch = (await logs.Store.FindAsync("a", Token))!.Epoch;
        }

        await using var again = await Engine.OpenAsync();
        Assert.Equal(epoch, (await again.Store.FindAsync("a", Token))!.Epoch);
        Assert.Equal(2, await again.Store.AppendAsync("a", Score(), Token));
    }

    [Fact]
    public async Task A_wait_finds_what_was_appended_before_it_and_what_comes_after()
    {
        await using (var before = await Engine.OpenAsync())
        {
            await before.Store.AppendAsync(new JobAppend("a", Score(), Score()), Token);
        }

        await using var logs = await Engine.OpenAsync();
        Assert.True(await logs.Store.WaitAsync("a", 1, TimeSpan.FromMinutes(1), Token));
        var next = logs.Store.WaitAsync("a", 2, TimeSpan.FromMinutes(1), Token);
        Assert.False(next.IsCompleted);
        await logs.Store.AppendAsync("a", Score(), Token);
        Assert.True(await next);
    }

    [Fact]
    public async Task Events_beyond_those_that_are_kept_are_dropped_also_from_a_first_append()
    {
        await using var logs = await Engine.OpenAsync(options => options.RetainEventsPerJob = 3);

        await logs.Store.AppendAsync(new JobAppend("a", [.. Enumerable.Range(0, 5).Select(_ => Score())]), Token);

        var page = await logs.Store.ReadAsync("a", 0, Token);
        Assert.Equal((3, 5), (page!.State.EarliestId, page.State.LastId));
        Assert.Equal([3, 4, 5], page.Events.Select(e => e.Id));
    }

    private static JobEvent Score() => new() { IterationCompleted = new IterationCompleted { Score = 0.5 } };

    private static JobEvent Completed() => new() { JobCompleted = new JobCompleted { ResultPromptId = "p" } };
}
