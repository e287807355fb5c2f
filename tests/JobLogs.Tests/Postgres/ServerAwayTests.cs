using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Jobs;
using OptimizationGateway.JobLogs.Tests.Engines;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.JobLogs.Tests.Postgres;

/// <summary>A server that is away, is started again, or is replaced by a standby.</summary>
public sealed class ServerAwayTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly PostgresServer server = TestPostgres.Start();
    private readonly List<PostgresServer> standbys = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        standbys.ForEach(standby => standby.Dispose());
        server.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_at_once_and_all_goes_on_when_it_is_back()
    {
        await using var logs = await new PostgresEngine(server).OpenAsync();
        await logs.Store.AppendAsync("a", Score(), Token);
        var waiting = logs.Store.WaitAsync("a", 1, Long, Token);
        server.Crash();

        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => logs.Store.AppendAsync("a", Score(), Token));
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await logs.Store.ReadAsync("a", 0, Token));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        await UntilAsync(() => logs.Store.IsFailing);

        server.Restart();
        await UntilAsync(() => !logs.Store.IsFailing);
        Assert.False(waiting.IsCompleted);
        var before = (await logs.Store.FindAsync("a", Token))!;
        Assert.Equal(before with { LastId = 2 }, (await logs.Store.AppendAsync(new JobAppend("a", Score()), Token)).State);
        Assert.True(await waiting);
    }

    [Fact]
    public async Task An_outage_is_one_line_of_the_sweeper_and_its_end_another()
    {
        var lines = new FakeLogCollector();
        await using var logs = await TestLogs.OpenAsync(services =>
        {
            services.AddPostgresJobLogs(logs => logs.ConnectionString = server.ConnectionString);
            services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(lines)));
        });
        List<FakeLogRecord> Sweeper() => [.. lines.GetSnapshot().Where(line => line.Category == typeof(JobSweeper).FullName)];

        server.Crash();
        await UntilAsync(() => Sweeper().Count > 0);
        await Task.Delay(TimeSpan.FromSeconds(4), Token);
        Assert.Single(Sweeper());
        server.Restart();
        await UntilAsync(() => Sweeper().Count > 1);

        Assert.Equal([LogLevel.Warning, LogLevel.Information], Sweeper().Select(line => line.Level));
        Assert.All(lines.GetSnapshot(), line => Assert.DoesNotContain('\n', line.Message));
    }

    [Fact]
    public async Task A_wait_ends_with_an_error_if_the_server_stays_away()
    {
        await using var logs = await new PostgresEngine(server).OpenAsync();
        await logs.Store.AppendAsync("a", Score(), Token);
        var waiting = logs.Store.WaitAsync("a", 1, Long, Token);
        server.Stop();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => waiting);

        server.Restart();
        await UntilAsync(() => !logs.Store.IsFailing);
        Assert.True(await logs.Store.WaitAsync("a", 0, Long, Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_the_start_is_named_with_its_setting_and_without_its_password()
    {
        server.Stop();
        var failure = await Assert.ThrowsAsync<JobLogUnavailableException>(() =>
            new PostgresEngine(server).OpenAsync(logs => logs.ConnectionString += ";Password=secret")
        );

        Assert.StartsWith(
            "JobLogs:ConnectionString: the event log in '127.0.0.1/postgres' can't be opened: ",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_promoted_standby_gives_running_jobs_another_epoch_unless_the_fence_has_held(int mustFlush, bool isAnother)
    {
        var standby = Standby();
        await using var logs = await OpenBothAsync(standby, mustFlush);
        await logs.Store.AppendAsync("running", Score(), Token);
        await logs.Store.AppendAsync("ended", new JobEvent { JobCompleted = new JobCompleted() }, Token);
        var running = (await logs.Store.ReadAsync("running", 0, Token))!.State;
        var ended = await logs.Store.FindAsync("ended", Token);
        var waiting = logs.Store.WaitAsync("running", 1, Long, Token);
        await UntilAsync(() => server.Scalar("SELECT count(*) FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()") is 1L);
        server.Crash();
        standby.Promote();

        await UntilAsync(() => !logs.Store.IsFailing && standby.Scalar("SELECT timeline FROM test.log;") is not 1L);
        if (!isAnother)
        {
            // No standby is left that could flush.
            await logs.DisposeAsync();
            await using var unfenced = await new PostgresEngine(standby, "test").OpenAsync();
            Assert.Equal(running.Epoch, (await unfenced.Store.FindAsync("running", Token))!.Epoch);
            return;
        }

        await EndsAsync(waiting);
        Assert.NotEqual(running.Epoch, (await logs.Store.FindAsync("running", Token))!.Epoch);
        Assert.Equal(ended, await logs.Store.FindAsync("ended", Token));
        Assert.Equal(2, await logs.Store.AppendAsync("running", Score(), Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_seen_or_acknowledged_and_is_lost_gives_another_epoch_also_behind_the_fence(bool isSeen)
    {
        var standby = Standby();
        var stale = Standby();
        await using var logs = await OpenBothAsync(stale, mustFlush: 1);
        await logs.Store.AppendAsync("a", Score(), Token);
        await UntilAsync(() => stale.Scalar("SELECT last_id FROM test.jobs;") is 1L);
        stale.Stop();
        await logs.Store.AppendAsync("a", Score(), Token);
        var state = (await logs.Store.FindAsync("a", Token))!;
        Assert.Equal(2, isSeen ? (await logs.Store.ReadAsync("a", 0, Token))!.Events.Count : state.LastId);
        server.Crash();
        standby.Stop();
        stale.Restart();
        stale.Promote();

        await UntilAsync(() => stale.Scalar("SELECT generation FROM test.log;") is 2L);
        Assert.NotEqual(state.Epoch, stale.Scalar("SELECT epoch FROM test.jobs;"));
    }

    [Fact]
    public async Task Nothing_is_shown_before_the_standby_has_it_on_disk()
    {
        var standby = Standby();
        await using var logs = await OpenBothAsync(standby, mustFlush: 1);
        await logs.Store.AppendAsync("a", Score(), Token);
        var waiting = logs.Store.WaitAsync("a", 1, Long, Token);
        standby.Freeze();
        server.Execute("""SELECT test.append('a', '{"eventType": "mine"}');""");
        await UntilAsync(() => server.Scalar("SELECT last_id FROM test.jobs;") is 2L);

        var find = logs.Store.FindAsync("a", Token).AsTask();
        var list = logs.Store.ListAsync(new JobListQuery([], "", null, 9), Token).AsTask();
        var append = logs.Store.AppendAsync("a", Score(), Token);
        await UntilAsync(() => server.Scalar("SELECT last_id FROM test.jobs;") is 3L);
        Assert.All((Task[])[find, list, append, waiting], shown => Assert.False(shown.IsCompleted));

        standby.Continue();
        Assert.True((await find)!.LastId >= 2);
        Assert.True(Assert.Single((await list).Jobs).LastEventId >= 2);
        Assert.Equal(3, await append);
        Assert.True(await waiting);
    }

    /// <summary>A wait ends with the log, or before it with an error if the failover takes longer than a wait is silent about it.</summary>
    private static async Task EndsAsync(Task<bool> waiting)
    {
        try
        {
            Assert.True(await waiting);
        }
        catch (NpgsqlException away)
        {
            Assert.Equal("The server is away.", away.Message);
        }
    }

    private static JobEvent Score() => new() { IterationCompleted = new IterationCompleted { Score = 0.5 } };

    private static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Until.TrueAsync(() => Task.FromResult(condition()), what);

    private PostgresServer Standby()
    {
        standbys.Add(server.StartStandby());
        return standbys[^1];
    }

    private Task<TestLogs> OpenBothAsync(PostgresServer standby, int mustFlush) =>
        new PostgresEngine(server, "test").OpenAsync(logs =>
        {
            logs.ConnectionString = $"Host=127.0.0.1:{server.Port},127.0.0.1:{standby.Port};Username=owner;Database=postgres";
            logs.StandbysThatMustFlush = mustFlush;
        });
}
