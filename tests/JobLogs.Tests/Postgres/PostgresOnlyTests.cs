using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Postgres;
using OptimizationGateway.JobLogs.Tests.Engines;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.JobLogs.Tests.Postgres;

/// <summary>What only a server has that many processes share: their appends, its characters, its settings.</summary>
public sealed class PostgresOnlyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly PostgresServer server = TestPostgres.OfAssembly;
    private readonly PostgresEngine engine = PostgresEngine.OfAssembly();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Processes_share_the_logs_and_each_hears_of_the_others_appends_and_deletions()
    {
        var opened = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => engine.OpenAsync(options => options.RetainEndedJobs = TimeSpan.FromMinutes(1)))
        );
        var (one, other) = (opened[0].Store, opened[1].Store);
        await one.AppendAsync("a", Mine(), Token);
        for (var id = 1; id < 5; id++)
        {
            var waiting = other.WaitAsync("a", id, Long, Token);
            await one.AppendAsync("a", Mine(), Token);
            Assert.True(await waiting);
        }

        Assert.Equal((await one.ReadAsync("a", 0, Token))!.Events, (await other.ReadAsync("a", 0, Token))!.Events);
        var gone = other.WaitAsync("a", 5, Long, Token);
        server.Execute($"DELETE FROM {engine.Schema}.jobs;");
        Assert.True(await gone);
        Assert.Null(await other.FindAsync("a", Token));
        foreach (var logs in opened)
        {
            await logs.DisposeAsync();
        }
    }

    [Fact]
    public async Task Appends_of_many_processes_to_one_job_have_one_order_and_no_hole()
    {
        await using var one = await engine.OpenAsync();
        await using var other = await engine.OpenAsync();

        var made = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(async n => (await (n % 2 == 0 ? one : other).Store.AppendAsync("a", Mine(), Token)))
        );

        Assert.Equal(Enumerable.Range(1, 200).Select(id => (long)id), made.Order());
        Assert.Equal(made.Order(), (await one.Store.ReadAsync("a", 0, Token))!.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task U_0000_is_kept_in_data_replaced_in_the_list_and_refused_in_a_stage()
    {
        await using var logs = await engine.OpenAsync();
        var started = new JobEvent
        {
            JobStarted = new JobStarted { PromptId = "\0\\u0000", DatasetId = "x\0" },
            Details = new Struct { Fields = { ["own"] = Value.ForString("\0") } },
        };
        await logs.Store.AppendAsync("a", started, Token);

        var read = Assert.Single((await logs.Store.ReadAsync("a", 0, Token))!.Events);
        Assert.Equal((started.JobStarted, started.Details), (read.JobStarted, read.Details));
        Assert.Equal("\ufffd\\u0000", (await logs.Store.DescribeAsync("a", Token))!.PromptId);
        await Assert.ThrowsAsync<ArgumentException>(() => logs.Store.AppendAsync("a", new JobEvent { Stage = "\0" }, Token));
    }

    [Fact]
    public async Task Large_events_come_in_short_pages_and_none_is_left_out()
    {
        await using var logs = await engine.OpenAsync();
        var text = new string('x', 6 << 20);
        var large = new JobEvent
        {
            Custom = new CustomEvent
            {
                EventType = "large",
                Data = new Struct { Fields = { ["text"] = Value.ForString(text) } },
            },
        };
        await logs.Store.AppendAsync(new JobAppend("a", Mine(), large, Mine(), Mine(), large), Token);

        var ids = new List<long>();
        for (
            var page = await logs.Store.ReadAsync("a", 0, Token);
            page!.Events.Count > 0;
            page = await logs.Store.ReadAsync("a", ids[^1], Token)
        )
        {
            Assert.True(page.Events.Count == 1 || page.Events.Sum(e => e.CalculateSize()) <= JobLogPage.MaxBytes);
            ids.AddRange(page.Events.Select(e => e.Id));
        }

        Assert.Equal([1, 2, 3, 4, 5], ids);
    }

    [Fact]
    public async Task Settings_that_are_not_allowed_are_named_at_the_start()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            engine.OpenAsync(options =>
            {
                options.ConnectionStringSetting = "LogServer:Postgres:ConnectionString";
                options.ConnectionString = "Host=db;Pasword=secret";
                options.Schema = "a b";
                options.StandbysThatMustFlush = -1;
                options.RetainEventsPerJob = 0;
                options.RetainEndedJobs = TimeSpan.Zero;
                options.EndLostJobsAfter = TimeSpan.Zero;
                options.HeartbeatInterval = TimeSpan.Zero;
            })
        );

        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                "ConnectionString",
                "Schema",
                "StandbysThatMustFlush",
                "RetainEventsPerJob",
                "RetainEndedJobs",
                "EndLostJobsAfter",
                "HeartbeatInterval",
            ],
            refusal.Failures.Select(failure => failure.Split(' ')[0].Replace("LogServer:Postgres:", "", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("Host=db;Pasword=secret", "has the key 'pasword', which Npgsql doesn't know")]
    [InlineData("Host=db;Port=many;Password=secret", "has a value for 'port' that Npgsql doesn't take")]
    [InlineData("postgres://me:secret@db/jobs?sslmode=require", "is a URL, which Npgsql doesn't take")]
    [InlineData("Host=db;Password=half;secret=other", "has a key that Npgsql doesn't know; a password with ; or = is written in quotes")]
    [InlineData("Host=db;secret:x@y=1", "has a key that Npgsql doesn't know")]
    [InlineData("secret", "isn't a connection string as Npgsql has it")]
    [InlineData("Database=jobs", "must name a host")]
    public void A_connection_string_is_told_what_is_wrong_with_it_and_no_secret(string text, string says)
    {
        var options = new PostgresJobLogsOptions { ConnectionString = text };
        var failure = Assert.Single(new PostgresJobLogsOptionsValidator().Validate(name: null, options).Failures!);

        Assert.StartsWith($"JobLogs:ConnectionString {says}", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_that_are_missing_are_named()
    {
        var role = $"{engine.Schema}_stranger";
        server.Execute($"CREATE ROLE {role} LOGIN;");
        Task<TestLogs> OpenAsync() => engine.OpenAsync(logs => logs.ConnectionString += $";Username={role}");

        var tables = await Assert.ThrowsAsync<JobLogUnavailableException>(OpenAsync);
        await (await engine.OpenAsync()).DisposeAsync();
        var rights = await Assert.ThrowsAsync<JobLogUnavailableException>(OpenAsync);

        Assert.Contains("prints with --print-schema", tables.Message, StringComparison.Ordinal);
        Assert.Contains($"GRANT USAGE ON SCHEMA {engine.Schema} TO {role}", rights.Message, StringComparison.Ordinal);
    }

    private static JobEvent Mine() => new() { Custom = new CustomEvent { EventType = "mine" } };
}
