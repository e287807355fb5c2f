using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Tests.Engines;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>Log servers on one PostgreSQL, by one setting. Without PostgreSQL these tests are skipped.</summary>
public sealed class PostgresTests
{
    private static int schemas;

    [Fact]
    public async Task Two_log_servers_serve_the_same_jobs()
    {
        var settings = Settings();
        await using var one = await LogServerRun.StartAsync(clock: null, settings);
        await using var other = await LogServerRun.StartAsync(clock: null, settings);
        using var first = await one.Client.AppendAsync("shared", LogServerClient.Note);
        using var watch = other.Client.Watch("shared");
        Assert.Equal(1, (await watch.NextAsync())!.Id);

        using var live = await one.Client.AppendAsync("shared", LogServerClient.Note);
        Assert.Equal(2, (await watch.NextAsync())!.Id);
        using var end = await other.Client.AppendAsync("shared", """{"eventType":"job_completed"}""");
        using var late = await one.Client.AppendAsync("shared", LogServerClient.Note);

        Assert.Equal([204, 204, 204, 409], new[] { first, live, end, late }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(JobEvent.PayloadOneofCase.JobCompleted, Assert.Single(await watch.RestAsync()).PayloadCase);
    }

    [Fact]
    public async Task A_producers_append_is_made_once_whichever_log_server_it_asks()
    {
        var settings = Settings();
        await using var one = await LogServerRun.StartAsync(clock: null, settings);
        await using var other = await LogServerRun.StartAsync(clock: null, settings);
        (string, string)[] headers = [("Producer-Id", "p"), ("Producer-Epoch", "0"), ("Producer-Seq", "0")];
        using var made = await one.Client.AppendAsync("once", LogServerClient.Note, headers);
        using var again = await other.Client.AppendAsync("once", LogServerClient.Note, headers);

        Assert.Equal((200, 204), ((int)made.StatusCode, (int)again.StatusCode));
        Assert.Single(await other.Client.EventsAsync("once"));
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_and_nothing_is_lost()
    {
        using var server = TestPostgres.Start();
        await using var run = await LogServerRun.StartAsync(clock: null, Settings(server));
        using var before = await ProduceAsync(run, sequence: 0);
        server.Crash();
        using var away = await ProduceAsync(run, sequence: 1);
        server.Restart();
        await Until.TrueAsync(
            async () =>
            {
                using var again = await ProduceAsync(run, sequence: 1);
                return again.IsSuccessStatusCode;
            },
            "the same append is made"
        );

        Assert.Equal((200, 503), ((int)before.StatusCode, (int)away.StatusCode));
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Equal([1, 2], (await run.Client.EventsAsync("away")).Select(jobEvent => jobEvent.Id));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_nothing_is_lost()
    {
        using var server = TestPostgres.Start(diskMib: 512);
        await using var run = await LogServerRun.StartAsync(clock: null, Settings(server));
        using var before = await ProduceAsync(run, sequence: 0);
        (HttpResponseMessage Answer, int Appends) refused;
        using (server.FillDisk())
        {
            refused = await AppendUntilRefusedAsync(run);
        }

        server.RestartIfEnded();
        await Until.TrueAsync(
            async () =>
            {
                using var again = await ProduceAsync(run, sequence: 1);
                return again.IsSuccessStatusCode;
            },
            "an append is made when there is room"
        );

        using (refused.Answer)
        {
            Assert.Equal(507, (int)refused.Answer.StatusCode);
            Assert.Contains("disk_full", await refused.Answer.Content.ReadAsStringAsync(Deadline.Token), StringComparison.Ordinal);
            Assert.NotNull(refused.Answer.Headers.RetryAfter);
        }

        Assert.Equal(1 + refused.Appends + 1, (await run.Client.EventsAsync("away")).Count);
    }

    /// <summary>PostgreSQL has some room left in its files.</summary>
    private static async Task<(HttpResponseMessage Answer, int Appends)> AppendUntilRefusedAsync(LogServerRun run)
    {
        // Not to be compressed.
        var random = new Random(1);
        for (var appends = 0; ; appends++)
        {
            var text = Convert.ToHexString(random.GetItems([.. Enumerable.Range(0, 256).Select(value => (byte)value)], 50_000));
            var answer = await run.Client.AppendAsync("away", $$$"""{"eventType":"large","data":{"text":"{{{text}}}"}}""");
            if (!answer.IsSuccessStatusCode)
            {
                return (answer, appends);
            }

            answer.Dispose();
        }
    }

    private static Task<HttpResponseMessage> ProduceAsync(LogServerRun run, int sequence) =>
        run.Client.AppendAsync(
            "away",
            LogServerClient.Note,
            ("Producer-Id", "p"),
            ("Producer-Epoch", "0"),
            ("Producer-Seq", $"{sequence}")
        );

    private static string[] Settings(PostgresServer? server = null) =>
        [
            $"Postgres:ConnectionString={(server ?? TestPostgres.OfAssembly).ConnectionString}",
            $"Postgres:Schema=log_server_{Interlocked.Increment(ref schemas)}",
        ];
}
