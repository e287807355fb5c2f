using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>An example as a process of its own, on ports and data of its own; a watcher that talks to it without a gateway.</summary>
internal sealed class ExampleBackend : IAsyncDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("optimization-backend-");
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly GrpcChannel channel;

    private ExampleBackend(Example example, double heartbeat)
    {
        Process = new ProgramProcess(
            Path.Combine(example.Path, example.Program),
            [
                $"--listen={Url.Authority}",
                $"--jobs={JobsUrl.Authority}",
                $"--data={data.FullName}",
                string.Create(CultureInfo.InvariantCulture, $"--heartbeat={heartbeat}"),
            ],
            Url,
            runtime: example.Runtime
        );
        channel = Open(new SocketsHttpHandler());
    }

    public ProgramProcess Process { get; }

    /// <summary>Where it serves WatchJob.</summary>
    public Uri Url { get; } = new($"http://127.0.0.1:{ProgramProcess.FreePort()}");

    /// <summary>Where jobs are started.</summary>
    public Uri JobsUrl { get; } = new($"http://127.0.0.1:{ProgramProcess.FreePort()}");

    /// <param name="language">Which one; the test is skipped where its tools are missing.</param>
    /// <param name="heartbeat">After how many seconds of silence.</param>
    public static async Task<ExampleBackend> StartAsync(Language language, double heartbeat = 15)
    {
        var example = Example.Of(language);
        Require(example);
        await example.BuildAsync();
        var backend = new ExampleBackend(example, heartbeat);
        try
        {
            await backend.Process.StartAsync();
            return backend;
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    /// <summary>Skips the test where a tool is missing; in CI that is a failure, or nobody would notice.</summary>
    private static void Require(Example example)
    {
        var isCi = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.False(isCi && example.Missing is not null, example.Missing);
        Assert.SkipUnless(example.Missing is null, example.Missing ?? "");
    }

    /// <returns>The new job's id.</returns>
    public async Task<string> StartJobAsync(int iterations, int delayMs)
    {
        using var answer = await http.PostAsync(new Uri(JobsUrl, $"/jobs?iterations={iterations}&delayMs={delayMs}"), content: null);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadAsStringAsync()).Trim();
    }

    /// <summary>Starts a job and waits for its end. Its ids are 1 to <paramref name="iterations"/> + 2.</summary>
    public async Task<string> FinishedJobAsync(int iterations)
    {
        var job = await StartJobAsync(iterations, delayMs: 0);
        using var watch = Watch(new WatchJobRequest { JobId = job });
        await ReadAsync(watch);
        return job;
    }

    public AsyncServerStreamingCall<WatchJobResponse> Watch(WatchJobRequest request) =>
        new OptimizerService.OptimizerServiceClient(channel).WatchJob(request, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Everything up to the end of the stream, which must be OK.</summary>
    public static async Task<List<WatchJobResponse>> ReadAsync(AsyncServerStreamingCall<WatchJobResponse> watch)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        var messages = new List<WatchJobResponse>();
        while (await watch.ResponseStream.MoveNext(deadline.Token))
        {
            messages.Add(watch.ResponseStream.Current);
        }

        return messages;
    }

    /// <summary>A channel of its own; dispose of it.</summary>
    public GrpcChannel Open(SocketsHttpHandler handler)
    {
        handler.UseProxy = false;
        handler.EnableMultipleHttp2Connections = true;
        return GrpcChannel.ForAddress(
            Url,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = 16 * 1024 * 1024,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        http.Dispose();
        await Process.DisposeAsync();
        data.Delete(recursive: true);
    }
}
