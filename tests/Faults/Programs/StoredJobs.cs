using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Faults.Programs;

/// <summary>Keeps some optimizations running at the stored backend, over its jobs API, whatever happens to it.</summary>
internal sealed class StoredJobs(StubProgram stub, Random random, Func<string, Task> started) : IDisposable
{
    private const int AtATime = 3;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>The jobs that clients know of.</summary>
    public List<string> Started { get; } = [];

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var open = await OpenAsync();
                if (open.Count < AtATime)
                {
                    await StartAsync();
                }

                await Task.Delay(Glance, stop);
            }
            catch (Exception e) when (IsAbsence(e))
            {
                await Task.Delay(Glance, CancellationToken.None);
            }
        }
    }

    /// <summary>Cancels what runs, so that every job has its end.</summary>
    public async Task EndAllAsync()
    {
        while (true)
        {
            try
            {
                var open = await OpenAsync();
                foreach (var job in open)
                {
                    using var response = await http.PostAsync(new Uri(stub.Jobs, $"/jobs/{job}/cancel"), content: null);
                }

                if (open.Count == 0)
                {
                    return;
                }
            }
            catch (Exception e) when (IsAbsence(e))
            {
                await Task.Delay(Glance);
            }
        }
    }

    public void Dispose() => http.Dispose();

    private static bool IsAbsence(Exception e) => e is HttpRequestException or OperationCanceledException or IOException;

    public async Task StartAsync()
    {
        var config = new
        {
            maxIterations = random.Next(40, 100),
            seed = random.Next(),
            iterationDelayMs = 60,
        };
        using var response = await http.PostAsJsonAsync(
            new Uri(stub.Jobs, "/jobs"),
            new
            {
                promptId = "chaos",
                datasetId = "support",
                config,
            }
        );
        response.EnsureSuccessStatusCode();
        var job = (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["jobId"]!;
        Started.Add(job);
        await started(job);
    }

    private async Task<List<string>> OpenAsync()
    {
        var all = await http.GetFromJsonAsync<JsonObject>(new Uri(stub.Jobs, "/jobs"));
        return
        [
            .. all!["jobs"]!
                .AsArray()
                .Where(job => (string?)job!["state"] is "queued" or "running" or "paused")
                .Select(job => (string)job!["jobId"]!),
        ];
    }
}
