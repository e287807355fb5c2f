using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>The steps between a job's states, as pure functions; null where the state doesn't allow the step.</summary>
internal static class JobTransitions
{
    private const string Done = "done";

    public static JobChange? Start(this JobRecord job)
    {
        var started = new JobStarted
        {
            PromptId = job.PromptId,
            DatasetId = job.DatasetId,
            Config = job.Config.ToStruct(),
        };
        return job.To(JobState.Running) is { } next && job.State is JobState.Queued
            ? new JobChange(next, next.Event(e => e.JobStarted = started))
            : null;
    }

    public static JobChange? Pause(this JobRecord job, DateTimeOffset now)
    {
        var paused = new JobPaused { PausedAt = now.ToTimestamp(), CurrentIteration = job.Iteration };
        return job.To(JobState.Paused) is { } next ? new JobChange(next, next.Event(e => e.JobPaused = paused)) : null;
    }

    public static JobChange? Resume(this JobRecord job, DateTimeOffset now) =>
        job.State is JobState.Paused && job.To(JobState.Running) is { } next ? new JobChange(next, next.Resumed(now)) : null;

    public static JobChange? Cancel(this JobRecord job, DateTimeOffset now)
    {
        var cancelled = new JobCancelled { CancelledAt = now.ToTimestamp(), FinalIteration = job.Iteration };
        return job.To(JobState.Cancelled) is { } next
            ? new JobChange(next with { Stage = Done }, (next with { Stage = Done }).Event(e => e.JobCancelled = cancelled))
            : null;
    }

    /// <summary>The job threw. With attempts left it goes on at once: both events are one change, so no crash can part them.</summary>
    public static JobChange Fail(this JobRecord job, Exception fault, DateTimeOffset now)
    {
        var faults = job.Faults + 1;
        var willRetry = faults < job.Config.MaxAttempts;
        var next = job with
        {
            Faults = faults,
            State = willRetry ? JobState.Running : JobState.Failed,
            Stage = willRetry ? job.Stage : Done,
        };
        var failed = next.Failed(fault.Message, fault.StackTrace ?? "", willRetry);
        failed.Iteration = job.Iteration + 1;
        return willRetry ? new JobChange(next, failed, next.Resumed(now)) : new JobChange(next, failed);
    }

    /// <summary>The process stopped while the job ran, and is back.</summary>
    public static JobChange? Recover(this JobRecord job, DateTimeOffset now) =>
        job.State is JobState.Running
            ? new JobChange(job, job.Failed("The optimizer stopped while the job was running.", "", willRetry: true), job.Resumed(now))
            : null;

    /// <summary>The step to a state, where the state machine has it.</summary>
    public static JobRecord? To(this JobRecord job, JobState state) => job.State.Next().Contains(state) ? job with { State = state } : null;

    public static JobEvent Event(this JobRecord job, Action<JobEvent> payload)
    {
        var jobEvent = new JobEvent { Iteration = job.Iteration, Stage = job.Stage };
        payload(jobEvent);
        return jobEvent;
    }

    private static JobEvent Failed(this JobRecord job, string error, string stack, bool willRetry)
    {
        var failed = new JobFailed
        {
            Error = error,
            ErrorStack = stack,
            WillRetry = willRetry,
        };
        return job.Event(e => e.JobFailed = failed);
    }

    private static JobEvent Resumed(this JobRecord job, DateTimeOffset now)
    {
        var resumed = new JobResumed { ResumedAt = now.ToTimestamp(), ResumeFromIteration = job.Iteration };
        return job.Event(e => e.JobResumed = resumed);
    }
}
