using System.Text;
using CsCheck;
using Npgsql;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Json;
using OptimizationGateway.JobLogs.Postgres;
using OptimizationGateway.JobLogs.Tests.Engines;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.JobLogs.Tests.Postgres;

/// <summary>Appends with SQL, in a transaction of the user's own.</summary>
public sealed class SqlDoorTests : IAsyncLifetime
{
    private readonly PostgresServer server = TestPostgres.OfAssembly;
    private readonly PostgresEngine engine = PostgresEngine.OfAssembly();
    private TestLogs logs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => logs = await engine.OpenAsync();

    public ValueTask DisposeAsync() => logs.DisposeAsync();

    [Fact]
    public async Task Events_are_seen_when_the_transaction_is_committed_and_never_if_it_is_not()
    {
        await using var connection = await ConnectAsync(server.ConnectionString);
        var first = await connection.BeginTransactionAsync(Token);
        Assert.Equal(
            1L,
            await AppendAsync(
                connection,
                "a",
                """{"eventType": "iteration_completed", "iteration": 3, "stage": "s", "data": {"score": 0.5, "x": [1]}}"""
            )
        );
        Assert.Null(await logs.Store.FindAsync("a", Token));
        await first.CommitAsync(Token);

        var scored = Assert.Single((await logs.Store.ReadAsync("a", 0, Token))!.Events);
        Assert.Equal((1, 0, 3, "s", 0.5), (scored.Id, scored.PreviousId, scored.Iteration, scored.Stage, scored.IterationCompleted.Score));
        Assert.Equal("""{ "x": [ 1 ] }""", scored.Details.ToString());
        Assert.Equal((JobState.Running, 0.5), await DescribeAsync("a"));

        var waiting = logs.Store.WaitAsync("a", 1, TimeSpan.FromMinutes(5), Token);
        var second = await connection.BeginTransactionAsync(Token);
        await AppendAsync(connection, "a", """[{"eventType": "mine"}]""");
        await second.RollbackAsync(Token);
        Assert.Equal(1, (await logs.Store.FindAsync("a", Token))!.LastId);
        Assert.False(waiting.IsCompleted);
        await AppendAsync(
            connection,
            "a",
            """[{"eventType": "mine", "timestamp": "2026-01-31T13:00:00.5+01:00"}, {"eventType": "job_completed"}]"""
        );
        Assert.True(await waiting);

        var page = (await logs.Store.ReadAsync("a", 1, Token))!;
        Assert.Equal((true, 3L), (page.State.Ended, page.State.LastId));
        Assert.Equal("2026-01-31T12:00:00.5000000Z", page.Events[0].Timestamp.ToDateTime().ToString("O"));
        Assert.True(double.IsNaN(page.Events[1].JobCompleted.FinalScore));
    }

    [Theory]
    [InlineData("""{"iteration": 1}""", "eventType is required")]
    [InlineData("""[{"eventType": "a"}, 7]""", "[1] must be an object")]
    [InlineData("""[{"eventType": "a", "id": 7}]""", "[0].id is given by the log")]
    [InlineData("""{"eventType": "a", "score": 7}""", "score isn't known")]
    [InlineData("""{"eventType": "a", "iteration": 1.5}""", "iteration must be a whole number")]
    [InlineData("""{"eventType": "a", "timestamp": "2026-01-31"}""", "timestamp must be a time")]
    [InlineData("""{"eventType": "a", "data": [1]}""", "data must be an object")]
    [InlineData("""{"eventType": "a", "data": {"n": 1e309}}""", "a number that a double can't hold")]
    [InlineData("""{"eventType": "iteration_completed", "data": {"score": "0.5"}}""", "data.score must be a number")]
    [InlineData("""{"eventType": "iteration_completed"}""", "data.score is required")]
    [InlineData("""{"eventType": "job_failed", "data": {"error": "e", "willRetry": 0}}""", "data.willRetry must be true or false")]
    [InlineData("""{"eventType": "job_paused", "data": {"pausedAt": "2026-02-30T00:00:00Z"}}""", "data.pausedAt must be a time")]
    [InlineData("""[{"eventType": "job_completed"}, {"eventType": "a"}]""", "[0] ends the job")]
    public async Task Events_that_are_not_as_the_contract_has_them_are_refused_with_the_members_name(string events, string fault)
    {
        await using var connection = await ConnectAsync(server.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => AppendAsync(connection, "a", events));
        Assert.Equal("JL400", refusal.SqlState);
        Assert.Contains(fault, refusal.MessageText, StringComparison.Ordinal);
        Assert.Null(await logs.Store.FindAsync("a", Token));
    }

    [Fact]
    public async Task What_the_log_refuses_has_a_code_of_its_own()
    {
        await using var connection = await ConnectAsync(server.ConnectionString);
        const string Producer = ", producer => 'p', producer_epoch => {0}, producer_sequence => {1}";
        await AppendAsync(connection, "a", "[]", string.Format(null, Producer, 1, 0));
        await AppendAsync(connection, "ended", """{"eventType": "job_cancelled"}""");

        Assert.Equal("JL410", await StateAsync("ended", ""));
        Assert.Equal("JL409", await StateAsync("a", ", expected_last_id => 7"));
        Assert.Equal("JL403", await StateAsync("a", string.Format(null, Producer, 0, 0)));
        Assert.Equal("JL412", await StateAsync("a", string.Format(null, Producer, 1, 2)));
        Assert.Equal("JL413", await StateAsync("a", string.Format(null, Producer, 2, 1)));
        Assert.Equal("JL400", await StateAsync("a", ", producer => 'p'"));
        Assert.Equal("JL400", await StateAsync("a", ", lease => '2 days'"));
        Assert.Equal("JL400", await StateAsync("a\n", ""));

        async Task<string?> StateAsync(string jobId, string more) =>
            (await Assert.ThrowsAsync<PostgresException>(() => AppendAsync(connection, jobId, "[]", more))).SqlState;
    }

    [Fact]
    public async Task Each_event_that_is_taken_is_read_as_HTTP_would_read_it()
    {
        await using var connection = await ConnectAsync(server.ConnectionString);
        var tries = 0;
        await RandomJson.Events.SampleAsync(
            async json =>
            {
                var job = $"try-{Interlocked.Increment(ref tries)}";
                var expected = Read(json);
                try
                {
                    await AppendAsync(connection, job, json);
                }
                catch (PostgresException refusal)
                {
                    Assert.Equal("JL400", refusal.SqlState);
                    Assert.True(expected is null, $"{refusal.MessageText}: {json}");
                    return;
                }

                var read = Assert.Single((await logs.Store.ReadAsync(job, 0, Token))!.Events);
                Assert.True(expected is not null, $"taken: {json}");
                (expected.Id, expected.PreviousId, expected.Timestamp) = (read.Id, read.PreviousId, expected.Timestamp ?? read.Timestamp);
                Assert.Equal(expected, read);
            },
            iter: 500,
            threads: 1
        );
    }

    [Fact]
    public async Task A_role_that_may_only_append_can_do_nothing_else_and_the_program_needs_no_right_to_make_tables()
    {
        var (schema, producer, program) = (engine.Schema, $"{engine.Schema}_producer", $"{engine.Schema}_program");
        server.Execute(
            $"""
            CREATE ROLE {producer} LOGIN;
            CREATE ROLE {program} LOGIN;
            GRANT USAGE ON SCHEMA {schema} TO {producer}, {program};
            GRANT EXECUTE ON FUNCTION {schema}.append TO {producer};
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {program};
            GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {program};
            """
        );

        await using var connection = await ConnectAsync(As(producer));
        Assert.Equal(1L, await AppendAsync(connection, "a", """{"eventType": "mine"}"""));
        foreach (var more in (string[])[$"SELECT * FROM {schema}.events", $"DELETE FROM {schema}.jobs", $"SELECT {schema}.went_back(1)"])
        {
            await using var command = new NpgsqlCommand(more, connection);
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Token));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }

        await using var running = await engine.OpenAsync(options => options.ConnectionString = As(program));
        Assert.Equal(2, await running.Store.AppendAsync("a", new JobEvent { Custom = new CustomEvent { EventType = "mine" } }, Token));
        await running.Store.SweepAsync(Token);
        Assert.Equal(2, (await running.Store.ReadAsync("a", 0, Token))!.Events.Count);

        var refused = await Assert.ThrowsAsync<JobLogUnavailableException>(() =>
            engine.OpenAsync(options => (options.ConnectionString, options.Schema) = (As(program), "none"))
        );
        Assert.Contains(
            "let a role that may run the SQL that the log server prints with --print-schema",
            refused.Message,
            StringComparison.Ordinal
        );
        var blind = await Assert.ThrowsAsync<JobLogUnavailableException>(() =>
            engine.OpenAsync(options => (options.ConnectionString, options.StandbysThatMustFlush) = (As(program), 1))
        );
        Assert.Contains("GRANT pg_read_all_stats", blind.Message, StringComparison.Ordinal);

        string As(string role) => new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = role }.ToString();
    }

    [Fact]
    public async Task The_programs_limits_hold_here_too()
    {
        await using var limited = await engine.OpenAsync(options => (options.MaxJobs, options.MaxProducersPerJob) = (2, 1));
        await using var connection = await ConnectAsync(server.ConnectionString);
        await AppendAsync(connection, "a", """{"eventType": "mine"}""", Producer("p"));
        Assert.Equal("A job may have 1 producers. Nothing was appended.", await RefusedAsync("a", Producer("q")));

        // Those of the transaction itself count, and what is rolled back doesn't.
        await using (var transaction = await connection.BeginTransactionAsync(Token))
        {
            await AppendAsync(connection, "b", """{"eventType": "mine"}""");
            Assert.Equal("The log may have 2 jobs. Nothing was appended.", await RefusedAsync("c"));
        }

        Assert.Equal(1L, await AppendAsync(connection, "c", """{"eventType": "mine"}"""));
        Assert.Equal("The log may have 2 jobs. Nothing was appended.", await RefusedAsync("d"));

        async Task<string> RefusedAsync(string job, string more = "")
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
                AppendAsync(connection, job, """{"eventType": "mine"}""", more)
            );
            Assert.Equal("JL507", refusal.SqlState);
            return refusal.MessageText;
        }

        static string Producer(string id) => $", producer => '{id}', producer_epoch => 0, producer_sequence => 0";
    }

    [Fact]
    public async Task A_schema_of_version_1_is_brought_to_this_one_and_its_jobs_are_counted()
    {
        var schema = engine.Schema;
        await using (var connection = await ConnectAsync(server.ConnectionString))
        {
            await AppendAsync(connection, "a", """{"eventType": "mine"}""");
            await AppendAsync(connection, "b", """{"eventType": "mine"}""");
        }

        server.Execute(
            $"""
            DROP TRIGGER created ON {schema}.jobs;
            DROP TRIGGER deleted ON {schema}.jobs;
            DROP TABLE {schema}.job_changes;
            DROP FUNCTION {schema}.count_jobs, {schema}.add_up_jobs, {schema}.note_created, {schema}.note_deleted,
              {schema}.configure(boolean, integer, bigint, bigint);
            CREATE FUNCTION {schema}.configure(p_fenced boolean, p_retain_events integer) RETURNS void LANGUAGE sql AS '';
            ALTER TABLE {schema}.log DROP COLUMN max_jobs, DROP COLUMN max_producers, DROP COLUMN job_count;
            UPDATE {schema}.log SET version = 1;
            """
        );

        await using var newer = await engine.OpenAsync(options => options.MaxJobs = 3);
        await newer.Store.AppendAsync("c", new JobEvent { Custom = new CustomEvent { EventType = "mine" } }, Token);
        await Assert.ThrowsAsync<JobLogLimitException>(() =>
            newer.Store.AppendAsync("d", new JobEvent { Custom = new CustomEvent { EventType = "mine" } }, Token)
        );
        Assert.Equal(2, server.Scalar($"SELECT version FROM {schema}.log;"));
        Assert.Equal(
            1L,
            server.Scalar($"SELECT count(*) FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND proname = 'configure';")
        );
    }

    [Fact]
    public void The_script_can_be_run_by_hand_again_and_again_and_under_another_name()
    {
        server.Execute(PostgresSchema.Script("by_hand"));
        server.Execute(PostgresSchema.Script("by_hand"));
        Assert.Equal(1L, server.Scalar("""SELECT by_hand.append('a', '{"eventType": "mine"}');"""));
        Assert.Contains("create schema if not exists optimization;", PostgresSchema.Script(), StringComparison.Ordinal);
    }

    private static JobEvent? Read(string json)
    {
        try
        {
            return EventJson.ReadEvents(Encoding.UTF8.GetBytes(json), maxEvents: 1)[0];
        }
        catch (EventJsonException)
        {
            return null;
        }
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Token);
        return connection;
    }

    private async Task<object?> AppendAsync(NpgsqlConnection connection, string jobId, string events, string more = "")
    {
        await using var command = new NpgsqlCommand($"SELECT {engine.Schema}.append($1, $2::jsonb{more});", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = jobId });
        command.Parameters.Add(new NpgsqlParameter { Value = events });
        return await command.ExecuteScalarAsync(Token);
    }

    private async Task<(JobState, double)> DescribeAsync(string jobId)
    {
        var job = (await logs.Store.DescribeAsync(jobId, Token))!;
        return (job.State, job.BestScore);
    }
}
