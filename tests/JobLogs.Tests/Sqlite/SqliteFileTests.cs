using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Sqlite;
using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests.Sqlite;

/// <summary>What only the file has: its settings, its versions, its records.</summary>
public sealed class SqliteFileTests : IAsyncDisposable
{
    private readonly SqliteEngine engine = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task An_append_that_is_refused_does_not_change_the_record()
    {
        await using var logs = await engine.OpenAsync();
        await logs.Store.AppendAsync(new JobAppend("a", Score()) { ExpectedLastId = 0, Record = """{"n":1}""" }, Token);
        await Assert.ThrowsAsync<AppendConflictException>(() =>
            logs.Store.AppendAsync(new JobAppend("a", Score()) { ExpectedLastId = 0, Record = """{"n":2}""" }, Token)
        );
        Assert.Equal("""{"n":1}""", Record(logs, "a"));
        await logs.Store.AppendAsync("a", Score(), Token);
        Assert.Equal("""{"n":1}""", Record(logs, "a"));
    }

    [Fact]
    public async Task An_append_that_is_made_again_does_not_bring_an_older_record_back()
    {
        await using var logs = await engine.OpenAsync();
        var first = new JobAppend("a", Score()) { Producer = new JobProducer("p", 0, 0), Record = """{"n":1}""" };
        await logs.Store.AppendAsync(first, Token);
        await logs.Store.AppendAsync(new JobAppend("a", Score()) { Record = """{"n":2}""" }, Token);

        Assert.True((await logs.Store.AppendAsync(first with { Events = [Score()] }, Token)).IsRepeat);

        Assert.Equal("""{"n":2}""", Record(logs, "a"));
    }

    [Fact]
    public async Task An_append_that_can_never_be_written_is_refused_and_holds_nobody_up()
    {
        await using var logs = await engine.OpenAsync(options =>
            options.Schema = "CREATE INDEX IF NOT EXISTS by_n ON jobs (json_extract(record, '$.n'));"
        );

        await Assert.ThrowsAsync<ArgumentException>(() => logs.Store.AppendAsync(new JobAppend("a", Score()) { Record = "{" }, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => logs.Store.AppendAsync(new JobAppend("a", Score(), null!), Token));

        Assert.Null(await logs.Store.FindAsync("a", Token));
        Assert.Equal(1, await logs.Store.AppendAsync("a", Score(), Token));
    }

    [Fact]
    public async Task A_file_of_the_time_when_jobs_had_numbers_only_is_read_on()
    {
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(engine.Folder, "jobs.db"), Pooling = false };
        await using (var old = new SqliteConnection(file.ToString()))
        {
            await old.OpenAsync(Token);
            await using var make = old.CreateCommand();
            make.CommandText = """
                CREATE TABLE identity (epoch TEXT NOT NULL, created_at TEXT NOT NULL, opened_at TEXT NOT NULL) STRICT;
                CREATE TABLE jobs (
                  number INTEGER PRIMARY KEY, ended INTEGER NOT NULL,
                  earliest_event_id INTEGER NOT NULL, latest_event_id INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
                CREATE TABLE events (job INTEGER NOT NULL, id INTEGER NOT NULL, event BLOB NOT NULL, PRIMARY KEY (job, id)) STRICT, WITHOUT ROWID;
                INSERT INTO identity VALUES ('old', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
                INSERT INTO jobs VALUES (7, 0, 1, 1, '{}');
                INSERT INTO events VALUES (7, 1, x'0801');
                """;
            await make.ExecuteNonQueryAsync(Token);
        }

        await using var logs = await engine.OpenAsync();
        Assert.Equal(2, await logs.Store.AppendAsync("job-7", Score(), Token));
        var page = await logs.Store.ReadAsync("job-7", 0, Token);
        Assert.Equal("old", page!.State.Epoch);
        Assert.Equal([1, 2], page.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task Settings_that_are_not_allowed_are_named_at_the_start()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            engine.OpenAsync(options =>
            {
                options.FileName = "../jobs";
                options.RetainEventsPerJob = 0;
                options.HeartbeatInterval = TimeSpan.Zero;
            })
        );

        Assert.Equal(
            ["JobLogs:FileName", "JobLogs:RetainEventsPerJob", "JobLogs:HeartbeatInterval"],
            refusal.Failures.Select(failure => failure.Split(' ')[0])
        );
    }

    [Fact]
    public async Task A_folder_that_another_process_has_is_named_with_its_setting()
    {
        await using var logs = await engine.OpenAsync();
        var failure = await Assert.ThrowsAsync<JobLogUnavailableException>(() => engine.OpenAsync());
        Assert.StartsWith(
            $"JobLogs:Directory: the event log in '{engine.Folder}' can't be opened",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_folder_is_told()
    {
        var file = Path.GetTempFileName();
        var failure = await Assert.ThrowsAsync<JobLogUnavailableException>(() =>
            TestLogs.OpenAsync(services => services.AddJobLogs(logs => logs.Directory = file))
        );
        File.Delete(file);

        Assert.Contains("it is a file, and must be a folder", failure.Message, StringComparison.Ordinal);
    }

    private static JobEvent Score() => new() { IterationCompleted = new IterationCompleted { Score = 0.5 } };

    private static string Record(TestLogs logs, string jobId) =>
        logs.Service<SqliteJobLogStore>()
            .Query(connection =>
            {
                using var read = connection.CreateCommand();
                read.CommandText = "SELECT record FROM jobs WHERE job_id = $id;";
                read.Parameters.AddWithValue("$id", jobId);
                return (string)read.ExecuteScalar()!;
            });
}
