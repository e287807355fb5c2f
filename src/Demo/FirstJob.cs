using System.Net.Http.Json;

namespace OptimizationGateway.Demo;

/// <summary>A job to look at: one that an earlier run left unfinished and that goes on now, or a new one.</summary>
internal sealed record FirstJob(string JobId, bool GoesOn)
{
    private static readonly object Request = new
    {
        promptId = "support-triage",
        datasetId = "support",
        config = new { maxIterations = 30, iterationDelayMs = 1000 },
    };

    public static async Task<FirstJob> FindOrStartAsync(string jobsApiUrl)
    {
        // No proxy: it is in this process.
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(jobsApiUrl) };
        var board = await http.GetFromJsonAsync<Board>("/jobs");
        if (board!.Jobs.FirstOrDefault(job => job.State is "running" or "queued" or "paused") is { } unfinished)
        {
            return new FirstJob(unfinished.JobId, GoesOn: true);
        }

        using var answer = await http.PostAsJsonAsync("/jobs", Request);
        answer.EnsureSuccessStatusCode();
        var started = await answer.Content.ReadFromJsonAsync<Job>();
        return new FirstJob(started!.JobId, GoesOn: false);
    }

    private sealed record Board(List<Job> Jobs);

    private sealed record Job(string JobId, string State);
}
