using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.JobLogs.Tests.Engines;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>The programs of examples/append, each as its document runs it.</summary>
public sealed class ExamplesTests
{
    private static readonly string Folder = RepositoryRoot.Combine("examples", "append");

    [Theory]
    [InlineData("append.sh", "/bin/sh")]
    [InlineData("append.py", "/usr/bin/python3")]
    [InlineData("append.mjs", "node")]
    [InlineData("append.go", "/usr/bin/go", "run")]
    public async Task An_example_appends_a_job_from_its_start_to_its_end(string file, params string[] command)
    {
        Assert.False(
            Environment.GetEnvironmentVariable("CI") == "true" && !IsThere(command[0]),
            $"{command[0]} not found: run `make deps` as root."
        );
        Assert.SkipUnless(IsThere(command[0]), $"{command[0]} not found: run `make deps` as root.");
        await using var server = await LogServerRun.StartAsync();
        var url = new Uri(server.HttpUrl, "/jobs/example/events").ToString();

        var run = await ProgramRun.ToItsEndAsync(command[0], [.. command[1..], Path.Combine(Folder, file), url]);

        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        AssertWhole(await server.Client.EventsAsync("example"));
    }

    [Theory]
    [InlineData("append.sh", "/bin/sh")]
    [InlineData("append.py", "/usr/bin/python3")]
    [InlineData("append.mjs", "node")]
    [InlineData("append.go", "/usr/bin/go", "run")]
    public async Task An_example_prints_a_refusal_and_ends(string file, params string[] command)
    {
        Assert.SkipUnless(IsThere(command[0]), $"{command[0]} not found: run `make deps` as root.");
        await using var server = await LogServerRun.StartAsync();
        using var end = await server.Client.AppendAsync("example", """{"eventType":"job_completed"}""");
        var url = new Uri(server.HttpUrl, "/jobs/example/events").ToString();

        var run = await ProgramRun.ToItsEndAsync(command[0], [.. command[1..], Path.Combine(Folder, file), url]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("example has ended", run.Error, StringComparison.Ordinal);
        Assert.Single(await server.Client.EventsAsync("example"));
    }

    [Theory]
    [InlineData("append.sh", "/bin/sh")]
    [InlineData("append.py", "/usr/bin/python3")]
    [InlineData("append.mjs", "node")]
    [InlineData("append.go", "/usr/bin/go", "run")]
    [InlineData("append.sql", "/usr/bin/psql", "-q", "-f")]
    public async Task An_example_without_a_job_says_what_is_missing(string file, params string[] command)
    {
        Assert.SkipUnless(IsThere(command[0]), $"{command[0]} not found: run `make deps` as root.");
        string[] database = file == "append.sql" ? [Database(TestPostgres.OfAssembly)] : [];

        var run = await ProgramRun.ToItsEndAsync(command[0], [.. command[1..], Path.Combine(Folder, file), .. database]);

        Assert.NotEqual(0, run.ExitCode);
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "exit status 2");
        Assert.Matches(file == "append.sql" ? "Name the job: psql" : "http://127.0.0.1:5010/jobs/mine/events$", Assert.Single(lines));
    }

    [Theory]
    [InlineData("append.sh", "/bin/sh")]
    [InlineData("append.py", "/usr/bin/python3")]
    [InlineData("append.mjs", "node")]
    [InlineData("append.go", "/usr/bin/go", "run")]
    public async Task An_example_repeats_what_may_succeed_later(string file, params string[] command)
    {
        Assert.SkipUnless(IsThere(command[0]), $"{command[0]} not found: run `make deps` as root.");
        var asked = new ConcurrentQueue<string>();
        await using var server = WebApplication.CreateSlimBuilder().Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(context =>
        {
            asked.Enqueue(context.Request.Headers["Producer-Seq"].ToString());
            context.Response.StatusCode = asked.Count switch
            {
                1 => 503,
                2 => 429,
                3 => 507,
                _ => 204,
            };
            return Task.CompletedTask;
        });
        await server.StartAsync(Deadline.Token);

        var run = await ProgramRun.ToItsEndAsync(command[0], [.. command[1..], Path.Combine(Folder, file), server.Urls.First()]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["0", "0", "0", .. Enumerable.Range(0, 22).Select(number => $"{number}")], asked);
    }

    [Fact]
    public async Task The_example_in_SQL_appends_with_its_own_rows_in_one_transaction()
    {
        var postgres = TestPostgres.OfAssembly;
        await using var server = await LogServerRun.StartAsync(clock: null, $"Postgres:ConnectionString={postgres.ConnectionString}");

        // A second run repeats nothing: its appends have the same numbers.
        for (var times = 0; times < 2; times++)
        {
            var run = await ProgramRun.ToItsEndAsync(
                "/usr/bin/psql",
                ["-q", "-v", "job=by-sql", "-f", Path.Combine(Folder, "append.sql"), Database(postgres)]
            );
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            AssertWhole(await server.Client.EventsAsync("by-sql"));
        }
    }

    [Fact]
    public void Each_example_has_less_than_thirty_lines() =>
        Assert.All(
            Directory.GetFiles(Folder, "append.*"),
            file => Assert.True(File.ReadLines(file).Count() < 30, $"{Path.GetFileName(file)} has {File.ReadLines(file).Count()} lines.")
        );

    private static string Database(PostgresServer server) =>
        $"postgres://{new NpgsqlConnectionStringBuilder(server.ConnectionString).Username}@127.0.0.1:{server.Port}/postgres";

    private static bool IsThere(string program) => program[0] != '/' || File.Exists(program);

    private static void AssertWhole(List<JobEvent> events)
    {
        Assert.Equal(Enumerable.Range(1, 22), events.Select(e => (int)e.Id));
        Assert.Equal("example", events[0].JobStarted.PromptId);
        Assert.Equal(Enumerable.Range(1, 20), events.Skip(1).Take(20).Select(e => e.Iteration));
        Assert.Equal(0.5, events[2].IterationCompleted.Score);
        Assert.True(events[^1].IsTerminal());
    }
}
