using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.OptimizerStub;

namespace OptimizationGateway.Testing;

/// <summary>The real optimizer on its own SQLite, in this process or as one that can be killed.</summary>
public sealed class TestStub : IAsyncDisposable
{
    private readonly HttpClient http = new();
    private readonly DirectoryInfo data;
    private readonly WebApplication? app;

    private TestStub(DirectoryInfo data, WebApplication? app, ProgramProcess? process)
    {
        this.data = data;
        this.app = app;
        Process = process;
    }

    public required Uri GrpcUrl { get; init; }

    public required Uri HttpUrl { get; init; }

    /// <summary>Its process, where it has one of its own.</summary>
    public ProgramProcess? Process { get; }

    /// <summary>In this process.</summary>
    /// <param name="settings">As <c>Stub:LoadJobs=true</c>.</param>
    public static async Task<TestStub> StartAsync(params string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("gateway-test-");
        var app = OptimizerStubHost.Build(
            [
                "--Stub:GrpcUrl=http://127.0.0.1:0",
                "--Stub:HttpUrl=http://127.0.0.1:0",
                $"--Stub:DataDirectory={data.FullName}",
                .. settings.Select(setting => $"--{setting}"),
            ],
            builder => builder.Logging.ClearProviders()
        );
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<StubAddresses>();
        return new TestStub(data, app, process: null) { GrpcUrl = new Uri(addresses.GrpcUrl), HttpUrl = new Uri(addresses.HttpUrl) };
    }

    /// <summary>As a process of its own, which can be killed and started again on the same log and port.</summary>
    public static Task<TestStub> StartProcessAsync(params string[] settings) => StartProcessAfterAsync(prelude: ":", settings);

    /// <param name="prelude">What a shell does before it becomes the stub.</param>
    /// <param name="settings">As <c>Stub:LoadJobs=true</c>.</param>
    public static async Task<TestStub> StartProcessAfterAsync(string prelude, params string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("gateway-test-");
        var grpc = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        var json = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        var process = new ProgramProcess(
            typeof(OptimizerStubHost).Assembly.Location,
            [
                $"--Stub:GrpcUrl={grpc}",
                $"--Stub:HttpUrl={json}",
                $"--Stub:DataDirectory={data.FullName}",
                .. settings.Select(setting => $"--{setting}"),
            ],
            json,
            prelude
        );
        await process.StartAsync();
        return new TestStub(data, app: null, process) { GrpcUrl = grpc, HttpUrl = json };
    }

    /// <summary>Starts a job.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> StartJobAsync(object config, string datasetId = "support")
    {
        using var response = await http.PostAsJsonAsync(
            new Uri(HttpUrl, "/jobs"),
            new
            {
                promptId = "prompt-1",
                datasetId,
                config,
            }
        );
        response.EnsureSuccessStatusCode();
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["jobId"]!;
    }

    /// <summary>Pauses, resumes or cancels a job.</summary>
    public async Task TellAsync(string jobId, string what)
    {
        using var response = await http.PostAsJsonAsync(new Uri(HttpUrl, $"/jobs/{jobId}/{what}"), new { });
        response.EnsureSuccessStatusCode();
    }

    public async Task<JsonObject> JobAsync(string jobId) => (await http.GetFromJsonAsync<JsonObject>(new Uri(HttpUrl, $"/jobs/{jobId}")))!;

    /// <summary>Waits until a job is in a state.</summary>
    public async Task<JsonObject> JobIsAsync(string jobId, string state)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var job = await JobAsync(jobId);
            if ((string?)job["state"] == state)
            {
                return job;
            }

            await poll.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        http.Dispose();
        data.Delete(recursive: true);
    }
}
