using System.Text.Json;
using Grpc.Core;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Jobs;

/// <summary>The jobs that rules look at: those that were named, and those that the kit starts, as few as will do.</summary>
internal sealed class JobSource(KitOptions options, Backend backend, CancellationToken kitToken) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private readonly List<StartedJob> started = [];

    /// <summary>A job that is silent; null: none was named.</summary>
    public string? Silent => options.SilentJob;

    public bool CanStart => options.StartJob is not null;

    /// <summary>A job that has ended.</summary>
    public async Task<string> FinishedAsync(CancellationToken token)
    {
        if (options.FinishedJob is { } named)
        {
            return named;
        }

        if (!CanStart)
        {
            throw new NotApplicableException("It needs a job that has ended: --finished-job.");
        }

        var story = await WholeAsync(token);
        var job = story.Request.JobId;
        return story.End is not null || story.Events.Any(Story.IsTerminal)
            ? job
            : throw new NotApplicableException($"It needs a job that has ended, and {HasNotEnded(job)}");
    }

    /// <summary>The messages of a started job's watch from its beginning to its end, live; without an end if it took too long.</summary>
    public async Task<Story> WholeAsync(CancellationToken token)
    {
        var job = started.FirstOrDefault(job => job.HasEnded) ?? await RunningAsync(token);
        return await job.WholeAsync(token);
    }

    public string HasNotEnded(string job) =>
        $"{job} hadn't ended within {Spoken.Time(options.JobTime)}: --finished-job, a shorter --start-job or a longer --job-time.";

    /// <summary>A job that runs: the one before, if it still does, or another.</summary>
    public Task<StartedJob> RunningAsync(CancellationToken token) => StartedAsync(isNew: false, token);

    /// <summary>A job that has just begun.</summary>
    public Task<StartedJob> NewAsync(CancellationToken token) => StartedAsync(isNew: true, token);

    /// <summary>A job that hasn't ended: the silent one, if there is one.</summary>
    public async Task<string> OpenAsync(CancellationToken token)
    {
        if (Silent is null && !CanStart)
        {
            throw new NotApplicableException("It needs a job that hasn't ended: --silent-job or --start-job.");
        }

        if (Silent is { } silent)
        {
            return silent;
        }

        var job = await RunningAsync(token);
        await job.RunsAsync(token);
        return job.Id;
    }

    /// <summary>The job with 10,000 events; null: the backend doesn't know it.</summary>
    public Task<string?> LoadAsync(CancellationToken token) => IfKnownAsync(options.LoadJob, token);

    /// <summary>The job with a lot of events; null: the backend doesn't know it.</summary>
    public Task<string?> BigAsync(CancellationToken token) => IfKnownAsync(options.BigJob, token);

    public void Dispose()
    {
        foreach (var job in started)
        {
            job.Dispose();
        }

        gate.Dispose();
    }

    private async Task<StartedJob> StartedAsync(bool isNew, CancellationToken token)
    {
        if (options.StartJob is not { } command)
        {
            throw new NotApplicableException("It needs a job that runs: --start-job.");
        }

        await gate.WaitAsync(token);
        try
        {
            if (!isNew && started.Count > 0 && !started[^1].HasEnded)
            {
                return started[^1];
            }

            var id = JobId(await Shell.RunAsync("--start-job", command, token));
            var job = new StartedJob(id, backend, options.JobTime, kitToken);
            started.Add(job);
            return await job.IsUnknownAsync(options.FirstMessage, token) is { } unknown
                ? throw new KitFaultException(
                    $"The backend doesn't know '{id}', the last line that --start-job printed: {unknown}. It must start a job there, and print its id."
                )
                : job;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<string?> IfKnownAsync(string job, CancellationToken token)
    {
        using var watch = backend.Open(new WatchJobRequest { JobId = job }, token);
        await watch.HearsAsync(options.FirstMessage, token);
        return watch.End is { Status: StatusCode.NotFound or StatusCode.InvalidArgument } ? null : job;
    }

    private static string JobId(string output)
    {
        var id = Shell.LastLine(output);
        if (id.StartsWith('{'))
        {
            try
            {
                using var json = JsonDocument.Parse(id);
                id =
                    json.RootElement.TryGetProperty("jobId", out var member) && member.ValueKind == JsonValueKind.String
                        ? member.GetString()!
                        : "";
            }
            catch (JsonException)
            {
                id = "";
            }
        }

        return id.Length > 0
            ? id
            : throw new KitFaultException("--start-job printed no id. Its last line must be the job's id, or a JSON object with jobId.");
    }
}
