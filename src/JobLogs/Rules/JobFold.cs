using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Rules;

/// <summary>Tells a job's description from its events, as the contract's <c>Job</c> has it. Pure.</summary>
internal static class JobFold
{
    /// <summary>A job without events.</summary>
    public static Job Create(string jobId, DateTimeOffset now) =>
        new()
        {
            JobId = jobId,
            State = JobState.Queued,
            CreateTime = now.ToTimestamp(),
            UpdateTime = now.ToTimestamp(),
        };

    /// <summary>Changes a job's description by its next event.</summary>
    /// <param name="job">The description.</param>
    /// <param name="next">The event, with its id.</param>
    public static void Add(this Job job, JobEvent next)
    {
        job.LastEventId = next.Id;
        job.Stage = next.Stage;
        job.State = StateAfter(next, job.State);
        switch (next.PayloadCase)
        {
            case JobEvent.PayloadOneofCase.JobStarted:
                (job.PromptId, job.DatasetId, job.Config) = (next.JobStarted.PromptId, next.JobStarted.DatasetId, next.JobStarted.Config);
                break;
            case JobEvent.PayloadOneofCase.IterationCompleted:
                job.Iteration = next.Iteration;
                job.Take(next.IterationCompleted.Score);
                break;
            case JobEvent.PayloadOneofCase.JobCompleted:
                job.ResultPromptId = next.JobCompleted.ResultPromptId;
                break;
        }
    }

    /// <summary>The text in which a list's query is looked for.</summary>
    public static string SearchText(this Job job) => $"{job.JobId}\n{job.PromptId}\n{job.DatasetId}";

    private static JobState StateAfter(JobEvent next, JobState before) =>
        next.PayloadCase switch
        {
            JobEvent.PayloadOneofCase.JobStarted => JobState.Running,
            JobEvent.PayloadOneofCase.IterationCompleted => before == JobState.Queued ? JobState.Running : before,
            JobEvent.PayloadOneofCase.JobResumed => JobState.Running,
            JobEvent.PayloadOneofCase.JobPaused => JobState.Paused,
            JobEvent.PayloadOneofCase.JobCompleted => JobState.Completed,
            JobEvent.PayloadOneofCase.JobFailed => next.JobFailed.WillRetry ? JobState.Running : JobState.Failed,
            JobEvent.PayloadOneofCase.JobCancelled => JobState.Cancelled,
            _ => before,
        };

    private static void Take(this Job job, double score)
    {
        if (!double.IsFinite(score))
        {
            job.ClearScore();
            return;
        }

        job.Score = score;
        if (!job.HasBestScore || (IsMinimized(job) ? score < job.BestScore : score > job.BestScore))
        {
            job.BestScore = score;
        }
    }

    private static bool IsMinimized(Job job) =>
        job.Config is { } config && config.Fields.TryGetValue("direction", out var direction) && direction.StringValue == "minimize";
}
