using System.Net.Http.Headers;
using System.Text;
using OptimizationGateway.JobLogs.Tests.Engines;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>The log server, whose jobs are appended over HTTP: every rule is looked at, and none is broken.</summary>
public sealed class LogServerTests : IDisposable
{
    private const string Completed = """{"eventType":"job_completed"}""";

    private readonly HttpClient client = new();

    public void Dispose() => client.Dispose();

    /// <summary>On SQLite <see cref="JobLogsTests" /> tries the same store and the same service.</summary>
    [Fact]
    public async Task The_log_server_keeps_every_rule_on_PostgreSQL()
    {
        Curl.Require();
        using var postgres = TestPostgres.Start();
        var (grpc, http) = (Free(), Free());
        await using var server = new ProgramProcess(
            ProgramPath(),
            [
                $"--LogServer:HttpUrl=http://127.0.0.1:{http.Port}",
                $"--LogServer:GrpcUrl=http://127.0.0.1:{grpc.Port}",
                $"--LogServer:Postgres:ConnectionString={postgres.ConnectionString}",
                // Time for a busy machine to count the watches between two heartbeats.
                "--LogServer:Watch:HeartbeatInterval=00:00:02",
                "--LogServer:Telemetry:Prometheus=true",
            ],
            new Uri(http, "/health/ready")
        );
        await server.StartAsync();
        await using var restart = await RestartDoor.OpenAsync(server);
        await AppendAsync(http, "silent", [Scored("")]);
        await AppendAsync(http, "long", [.. Enumerable.Repeat(Scored(""), 9999), Completed]);
        await AppendAsync(http, "big", [.. Enumerable.Repeat(Scored(new string('x', 4096)), 12_500), Completed]);

        var run = await KitRun.OfAsync(
            $"--backend={grpc}",
            $"--start-job={StartCommand(http)}",
            "--silent-job=silent",
            "--load-job=long",
            "--big-job=big",
            // The page is the same for 300 ms after it was asked for.
            $"--watches-command=sleep 0.4; curl -sSf {http}metrics | sed -n 's/^logserver_watches.* //p'",
            $"--restart-command={restart.Command}",
            "--heartbeat=2",
            "--json"
        );

        run.AssertAllPass();
    }

    /// <summary>The job is there when its id is printed, and goes on for some three seconds.</summary>
    private static string StartCommand(Uri http)
    {
        const string curl = "curl -sSf -H 'Content-Type: application/json'";
        return $"id=job-$(date +%s%N); {curl} -d '{Scored("")}' {http}jobs/$id/events; "
            + $"({curl} --rate 100/s -d '{Scored("")}' '{http}jobs/'$id'/events?n=[2-300]'; {curl} -d '{Completed}' {http}jobs/$id/events) "
            + ">/dev/null 2>&1 & echo $id";
    }

    private static string Scored(string stage) => $$$"""{"eventType":"iteration_completed","stage":"{{{stage}}}","data":{"score":0.5}}""";

    private async Task AppendAsync(Uri http, string job, string[] events)
    {
        foreach (var batch in events.Chunk(500))
        {
            using var body = new ByteArrayContent(Encoding.UTF8.GetBytes($"[{string.Join(',', batch)}]"));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await client.PostAsync(new Uri(http, $"/jobs/{job}/events"), body, TestContext.Current.CancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static string ProgramPath()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return RepositoryRoot.Combine("src", "LogServer", "bin", configuration, "net10.0", "OptimizationGateway.LogServer.dll");
    }

    private static Uri Free() => new($"http://127.0.0.1:{ProgramProcess.FreePort()}");
}
