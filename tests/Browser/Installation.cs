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

    private Installation(Uri? scripted, string pathBase, string[] settings)
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
                .. settings.Select(setting => $"--{setting}"),
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
    /// <param name="settings">Further settings of the gateway, as <c>Gateway:…=value</c>.</param>
    public static async Task<Installation> StartAsync(Uri? scripted = null, string pathBase = "", params string[] settings)
    {
        var installation = new Installation(scripted, pathBase, settings);
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

    /// <summary>Starts again what has been killed.</summary>
    public async Task RestoreAsync()
    {
        foreach (var program in new[] { Stub, Gateway }.Where(program => !program.IsRunning))
        {
            await program.StartAsync();
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

    /// <summary>Pauses a job as soon as it runs.</summary>
    public async Task PauseAsync(string job)
    {
        await Until.TrueAsync(
            async () => (string?)(await http.GetFromJsonAsync<JsonObject>($"{JobsUrl}/jobs/{job}"))!["state"] == "running",
            "the job runs"
        );
        await TellAsync(job, "pause");
    }

    public Task ResumeAsync(string job) => TellAsync(job, "resume");

    /// <summary>A viewer that is no browser, but may say that it is one.</summary>
    public Task<TestClient> ConnectAsync(string userAgent = "") =>
        TestClient.ConnectAsync(
            new UriBuilder(PageUrl) { Scheme = "ws", Path = "/ws/optimization" }.Uri,
            options => options.SetRequestHeader("User-Agent", userAgent)
        );

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Stub.DisposeAsync();
        http.Dispose();
        data.Delete(recursive: true);
    }

    public static string LocalUrl() => $"http://127.0.0.1:{ProgramProcess.FreePort()}";

    private async Task TellAsync(string job, string what)
    {
        using var answer = await http.PostAsync($"{JobsUrl}/jobs/{job}/{what}", content: null);
        answer.EnsureSuccessStatusCode();
    }
}
