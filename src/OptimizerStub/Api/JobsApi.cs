using Microsoft.AspNetCore.Http.HttpResults;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Log;
using OptimizationGateway.OptimizerStub.Optimization;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>Jobs over JSON: for people, scripts and the page.</summary>
internal static class JobsApi
{
    private static readonly string[] Routes =
    [
        "GET /jobs",
        "POST /jobs",
        "GET /jobs/{jobId}",
        "POST /jobs/{jobId}/pause",
        "POST /jobs/{jobId}/resume",
        "POST /jobs/{jobId}/cancel",
        "GET /watches",
    ];

    public static void MapJobsApi(this WebApplication app)
    {
        app.MapGet(
            "/",
            (DatasetCatalog datasets) =>
                new
                {
                    Name = "OptimizationGateway optimizer stub",
                    Routes = Routes,
                    Datasets = datasets.Ids,
                }
        );

        // Read from the log as the watches do: whoever has seen an event finds it here.
        app.MapGet("/jobs", (EventLog log) => new JobsView([.. log.ReadJobs().Reverse().Select(JobView.Of)]));
        app.MapGet("/jobs/{jobId}", Results<Ok<JobView>, ProblemHttpResult> (string jobId, EventLog log) => Show(jobId, log));
        app.MapPost("/jobs", CreateAsync);
        app.MapPost("/jobs/{jobId}/pause", Step("pause", JobTransitions.Pause));
        app.MapPost("/jobs/{jobId}/resume", Step("resume", JobTransitions.Resume));
        app.MapPost("/jobs/{jobId}/cancel", Step("cancel", JobTransitions.Cancel));
        app.MapGet("/watches", (OpenWatches watches) => watches.Count);
    }

    private static Results<Ok<JobView>, ProblemHttpResult> Show(string jobId, EventLog log) =>
        log.ReadJob(jobId) is { } job ? TypedResults.Ok(JobView.Of(job)) : UnknownJob(jobId);

    private static async Task<Results<Created<JobView>, ProblemHttpResult>> CreateAsync(
        HttpRequest http,
        JobBoard board,
        DatasetCatalog datasets,
        EventLog log,
        CancellationToken token
    )
    {
        var (request, error) = await JobRequest.ReadAsync(http.Body, datasets, token);
        if (request is null)
        {
            return Problem.BadRequest(error!);
        }

        if (log.IsFailing)
        {
            return Unwritable();
        }

        var job = await board.CreateAsync(request.PromptId, request.DatasetId, request.Config, token);
        return TypedResults.Created($"/jobs/{job.Current.Id}", JobView.Of(job.Current));
    }

    private static Func<string, JobBoard, EventLog, CancellationToken, Task<Results<Ok<JobView>, ProblemHttpResult>>> Step(
        string name,
        Func<JobRecord, DateTimeOffset, JobChange?> step
    ) =>
        async (jobId, board, log, token) =>
        {
            if (board.Find(jobId) is not { } job)
            {
                return UnknownJob(jobId);
            }

            // Better refused than left hanging until somebody makes room on the disk.
            if (log.IsFailing)
            {
                return Unwritable();
            }

            return await job.TryChangeAsync(step, token) ? TypedResults.Ok(JobView.Of(job.Current)) : NotAllowed(job.Current, name);
        };

    private static ProblemHttpResult UnknownJob(string jobId) => Problem.Of(StatusCodes.Status404NotFound, $"There is no job '{jobId}'.");

    private static ProblemHttpResult Unwritable() =>
        Problem.Of(StatusCodes.Status503ServiceUnavailable, "The event log can't be written at the moment. Try again later.");

    private static ProblemHttpResult NotAllowed(JobRecord job, string step)
    {
        var allowed = job.State switch
        {
            JobState.Queued => "cancel",
            JobState.Running => "pause, cancel",
            JobState.Paused => "resume, cancel",
            _ => "nothing, the job has ended",
        };
        return Problem.Of(StatusCodes.Status409Conflict, $"{job.Id} is {job.State.Name()}: {step} is not allowed. Allowed: {allowed}.");
    }
}
