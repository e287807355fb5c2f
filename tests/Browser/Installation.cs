using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway;
using OptimizationGateway.OptimizerStub;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>A gateway and a stub on ports and data of their own, and a job that is long enough to be disturbed.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("optimization-browser-");
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    private Installation(Uri? scripted, string pathBase)
    {
        var (page, jobs, grpc) = (LocalUrl(), LocalUrl(), LocalUrl());
        PageUrl = page + pathBase;
        JobsUrl = jobs;
        Stub = new ProgramProcess(
            typeof(OptimizerStubHost).Assembly.Location,
            [
                $"--Stub:GrpcUrl={grpc}",
                $"--Stub:HttpUrl={jobs}",
                $"--Stub:DataDirectory={data.FullName}",
                $"--Stub:AllowedOrigins={page}",
                "--Stub:LoadJobs=true",
            ],
            new Uri(jobs)
        );
        Gateway = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [
                $"--Urls={page}",
                $"--Gateway:Backends:stub:Address={grpc}",
                $"--Gateway:Console:JobsApiUrl={jobs}",
                $"--Gateway:PathBase={pathBase}",
                .. scripted is null
                    ? Array.Empty<string>()
                    : [$"--Gateway:Backends:scripted:Address={scripted}", "--Gateway:Backends:scripted:JobIds=scripted-*"],
            ],
            new Uri(page)
        );
    }

    public string PageUrl { get; }

    public string JobsUrl { get; }

    public ProgramProcess Stub { get; }

    public ProgramProcess Gateway { get; }

    /// <param name="scripted">A backend of the jobs whose ids begin with `scripted-`.</param>
    /// <param name="pathBase">What everything is under, such as `/optimizer`.</param>
    public static async Task<Installation> StartAsync(Uri? scripted = null, string pathBase = "")
    {
        var installation = new Installation(scripted, pathBase);
        try
        {
            await Task.WhenAll(installation.Stub.StartAsync(), installation.Gateway.StartAsync());
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <returns>The new job's id.</returns>
    public async Task<string> StartJobAsync(int iterations, int iterationDelayMs)
    {
        var config = new
        {
            maxIterations = iterations,
            seed = 7,
            iterationDelayMs,
        };
        var request = new
        {
            promptId = "prompt-1",
            datasetId = "support",
            config,
        };
        using var answer = await http.PostAsJsonAsync($"{JobsUrl}/jobs", request);
        answer.EnsureSuccessStatusCode();
        var job = await answer.Content.ReadFromJsonAsync<JsonObject>();
        return (string)job!["jobId"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Stub.DisposeAsync();
        http.Dispose();
        data.Delete(recursive: true);
    }

    private static string LocalUrl() => $"http://127.0.0.1:{ProgramProcess.FreePort()}";
}
