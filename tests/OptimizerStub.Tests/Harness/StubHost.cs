using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Tests.Harness;

/// <summary>The optimizer in this process, on free ports, with a log of its own.</summary>
internal sealed class StubHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly GrpcChannel grpc;

    private StubHost(WebApplication app)
    {
        this.app = app;
        var addresses = app.Services.GetRequiredService<StubAddresses>();
        Http = new HttpClient { BaseAddress = new Uri(addresses.HttpUrl) };
        grpc = GrpcChannel.ForAddress(addresses.GrpcUrl);
    }

    public HttpClient Http { get; }

    public GrpcChannel Grpc => grpc;

    public OptimizerService.OptimizerServiceClient Optimizer => new(grpc);

    public static async Task<StubHost> StartAsync(string directory, TimeProvider? clock = null, params string[] settings)
    {
        string[] ports = ["--Stub:GrpcUrl=http://127.0.0.1:0", "--Stub:HttpUrl=http://127.0.0.1:0", $"--Stub:DataDirectory={directory}"];
        var built = OptimizerStubHost.Build(
            [.. ports, .. settings],
            builder =>
            {
                if (clock is not null)
                {
                    builder.Services.AddSingleton(clock);
                }
            }
        );
        await built.StartAsync(Deadline.Token);
        return new StubHost(built);
    }

    public async Task<string> CreateJobAsync(object config, string dataset = "support")
    {
        var request = new
        {
            promptId = "prompt-1",
            datasetId = dataset,
            config,
        };
        using var response = await Http.PostAsJsonAsync("/jobs", request, Deadline.Token);
        var job = await response.Content.ReadFromJsonAsync<JsonElement>(Deadline.Token);
        return job.GetProperty("jobId").GetString()!;
    }

    public async Task<JsonElement> JobAsync(string jobId) => await Http.GetFromJsonAsync<JsonElement>($"/jobs/{jobId}", Deadline.Token);

    public async Task<int> PostAsync(string path)
    {
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content: null, Deadline.Token);
        return (int)response.StatusCode;
    }

    public WatchReader Watch(string jobId, long? after = 0, string epoch = "", bool historyOnly = false)
    {
        var request = new WatchJobRequest
        {
            JobId = jobId,
            Epoch = epoch,
            HistoryOnly = historyOnly,
        };
        if (after is { } cursor)
        {
            request.AfterEventId = cursor;
        }

        return new WatchReader(Optimizer.WatchJob(request));
    }

    public Task StopAsync() => app.StopAsync(Deadline.Token);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        grpc.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
