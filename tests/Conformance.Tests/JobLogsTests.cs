using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Conformance.Rules;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>Backends made with the library: every rule that is about <c>WatchJob</c> is looked at, and none is broken.</summary>
public sealed class JobLogsTests : IDisposable
{
    private static readonly string Example = RepositoryRoot.Combine("examples", "backends", "csharp");

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("job-logs-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task The_program_of_the_document_keeps_every_rule()
    {
        Curl.Require();
        await WriteJobsAsync();
        var (grpc, http) = (
            new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}"),
            new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}")
        );
        await using var backend = new ProgramProcess(
            Path.Combine(Example, "bin", Configuration(), "net10.0", "OptimizationGateway.CSharpBackend.dll"),
            [$"--Grpc={grpc.Port}", $"--Http={http.Port}", $"--JobLogs:Directory={data.FullName}", "--JobLogs:HeartbeatInterval=00:00:01"],
            http
        );
        await backend.StartAsync();
        await using var restart = await RestartDoor.OpenAsync(backend);
        const string curl = "curl -sSf -X POST";

        // The job is there when its id is printed, and goes on for some three seconds.
        var start =
            $"id=job-$(date +%s%N); {curl} '{http}jobs/'$id/1/0.5 >/dev/null; "
            + $"({curl} --rate 100/s '{http}jobs/'$id/[2-300]/0.5; {curl} '{http}jobs/'$id/end) >/dev/null 2>&1 & echo $id";
        AssertKeeps(RuleBook.All.Count, await KitAsync(grpc, $"curl -sSf {http}watches", start, $"--restart-command={restart.Command}"));

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var ended = await client.PostAsync(new Uri(http, "/jobs/over/end"), content: null, Token);
        using var late = await client.PostAsync(new Uri(http, "/jobs/over/1/0.5"), content: null, Token);
        Assert.Equal((200, 409), ((int)ended.StatusCode, (int)late.StatusCode));
        Assert.Contains("Conflict", await late.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_begins_with_the_program()
    {
        var program = await File.ReadAllTextAsync(Path.Combine(Example, "Program.cs"), Token);
        var page = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "backends.md"), Token);
        var block = page.Split("```csharp\n")[1].Split("```")[0];
        Assert.Equal(program.ReplaceLineEndings("\n"), block.ReplaceLineEndings("\n"));
    }

    /// <summary>All rules but that about the process's memory: it is that of the tests. The library's part in it is seen in the program above.</summary>
    [Fact]
    public async Task A_log_of_ones_own_with_three_methods_keeps_every_rule()
    {
        Curl.Require();
        await using var app = OwnLog();
        await app.StartAsync(Token);
        var url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var log = app.Services.GetRequiredService<MemoryLog>();
        foreach (var (job, events) in Jobs())
        {
            events.ForEach(jobEvent => log.Append(job, jobEvent));
        }

        const string curl = "curl -sSf --http2-prior-knowledge";
        var rules = RuleBook.All.Select(rule => rule.Name).Where(rule => rule != "held-back-memory").ToList();
        var run = await KitAsync(url, $"{curl} {url}watches", $"{curl} -X POST {url}jobs", [.. rules.Select(rule => $"--rule={rule}")]);
        AssertKeeps(rules.Count, run, "jobs-list", "restart");
        await app.StopAsync(Token);
    }

    private static WebApplication OwnLog()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddWatchJob(watch => watch.HeartbeatInterval = TimeSpan.FromSeconds(1));
        builder.Services.AddSingleton<MemoryLog>();
        var app = builder.Build();
        app.MapWatchJob<MemoryLog>();
        app.MapGet("/watches", (OpenWatches watches) => watches.Count);
        app.MapPost(
            "/jobs",
            (MemoryLog log) =>
            {
                var job = $"job-{Guid.NewGuid():N}";
                log.Append(job, Event());
                _ = RunAsync(log, job);
                return job;
            }
        );
        return app;
    }

    private static async Task RunAsync(MemoryLog log, string job)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var written = 0; written < 300; written++)
        {
            await pace.WaitForNextTickAsync(Token);
            log.Append(job, Event());
        }

        log.Append(job, Completed());
    }

    /// <summary>Into the logs that the program then opens.</summary>
    private async Task WriteJobsAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddJobLogs(logs => logs.Directory = data.FullName);
        await using var app = builder.Build();
        await app.StartAsync(Token);
        var store = app.Services.GetRequiredService<IJobLogStore>();
        foreach (var (job, events) in Jobs())
        {
            foreach (var batch in events.Chunk(1000))
            {
                await store.AppendAsync(new JobAppend(job, batch), Token);
            }
        }

        await app.StopAsync(Token);
    }

    private static IEnumerable<(string Job, List<JobEvent> Events)> Jobs() =>
        [
            ("silent", [Event()]),
            ("long", [.. Enumerable.Range(1, 9999).Select(_ => Event()), Completed()]),
            ("big", [.. Enumerable.Range(1, 12_500).Select(_ => Event(new string('x', 4096))), Completed()]),
        ];

    private static JobEvent Event(string stage = "evaluate") =>
        new()
        {
            Stage = stage,
            Timestamp = DateTimeOffset.UnixEpoch.ToTimestamp(),
            IterationCompleted = new IterationCompleted { Score = 0.5 },
        };

    private static JobEvent Completed() =>
        new()
        {
            Timestamp = DateTimeOffset.UnixEpoch.ToTimestamp(),
            JobCompleted = new JobCompleted { ResultPromptId = "p" },
        };

    private static Task<KitRun> KitAsync(Uri url, string watches, string start, params string[] more) =>
        KitRun.OfAsync([
            $"--backend={url}",
            $"--start-job={start}",
            "--silent-job=silent",
            "--load-job=long",
            "--big-job=big",
            $"--watches-command={watches}",
            "--heartbeat=1",
            "--json",
            .. more,
        ]);

    /// <param name="rules">The number of rules that it looks at.</param>
    /// <param name="run">A run of the kit.</param>
    /// <param name="missing">The rules about services that the backend hasn't got.</param>
    private static void AssertKeeps(int rules, KitRun run, params string[] missing)
    {
        Assert.Equal(("", null), (run.Errors, run.Json["error"]?.ToJsonString()));
        Assert.Equal(
            missing.Select(rule => $"{rule} not_applicable"),
            run.Rules.Where(rule => (string?)rule["verdict"] != "pass")
                .Select(rule =>
                    missing.Contains((string?)rule["rule"]) ? $"{rule["rule"]} {rule["verdict"]}" : $"{rule["rule"]}: {rule["seen"]}"
                )
        );
        Assert.Equal(rules, run.Rules.Count());
    }

    private static string Configuration() => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
