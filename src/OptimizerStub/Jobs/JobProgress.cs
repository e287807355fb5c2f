using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Optimization;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>The steps of a running job: stages, scores, and the end that the scores bring.</summary>
internal static class JobProgress
{
    public static JobChange EnterStage(this JobRecord job, int iteration, string stage)
    {
        var started = new CustomEvent
        {
            EventType = "stage_started",
            Data = new Struct { Fields = { ["stage"] = Value.ForString(stage) } },
        };
        var stageStarted = new JobEvent
        {
            Iteration = iteration,
            Stage = stage,
            Custom = started,
        };
        return new JobChange(job with { Stage = stage }, stageStarted);
    }

    /// <summary>
    /// An iteration is finished and the better candidate is kept. So is one that is as good: only by drifting does the
    /// search get off a plateau.
    /// </summary>
    public static JobChange Finish(this JobRecord job, int iteration, Candidate candidate, double score, Candidate best, double bestScore)
    {
        var kept = !job.Config.IsBetter(bestScore, than: score);
        var next = job with
        {
            Iteration = iteration,
            Score = score,
            Best = kept ? candidate : best,
            BestScore = kept ? score : bestScore,
            BestIteration = job.Config.IsBetter(score, than: bestScore) ? iteration : job.BestIteration,
        };
        var completed = next.Event(e => e.IterationCompleted = new IterationCompleted { Score = score });
        completed.Details = new Struct
        {
            Fields = { ["bestScore"] = Value.ForNumber(next.BestScore.Value), ["kept"] = Value.ForBool(kept) },
        };
        return new JobChange(next, completed);
    }

    /// <summary>The reason the job is done; null while it isn't.</summary>
    public static string? DoneBecause(this JobRecord job) =>
        job switch
        {
            { Iteration: 0 } => null,
            { BestScore: { } best, Config.TargetScore: { } target } when !job.Config.IsBetter(target, than: best) => "target_score",
            _ when job.Iteration >= job.Config.MaxIterations => "max_iterations",
            _ when job.Iteration - job.BestIteration >= job.Config.Patience => "patience",
            _ => null,
        };

    public static JobChange? Complete(this JobRecord job, string reason, Dataset dataset)
    {
        if (job.To(JobState.Completed) is not { Best: { } best, BestScore: { } bestScore } completed)
        {
            return null;
        }

        var next = completed with { Stage = "done", ResultPromptId = $"{job.PromptId}/{job.Id}" };
        var result = new JobCompleted { ResultPromptId = next.ResultPromptId, FinalScore = bestScore };
        var jobCompleted = next.Event(e => e.JobCompleted = result);
        jobCompleted.Details = new Struct
        {
            Fields = { ["reason"] = Value.ForString(reason), ["prompt"] = Value.ForString(best.Render(dataset)) },
        };
        return new JobChange(next, jobCompleted);
    }
}
