using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>The documented members of the seven documented events. One that may be missing has the default that PROTOCOL.md gives it.</summary>
/// <param name="jobEvent">The event, whose payload is made.</param>
/// <param name="eventType">Its documented type.</param>
internal sealed class PayloadMembers(JobEvent jobEvent, string eventType)
{
    /// <summary>Reads one member. The reader stands at its value.</summary>
    public void Read(ref Utf8JsonReader reader, string name)
    {
        switch (name)
        {
            case "promptId":
                Started.PromptId = JsonMember.Text(ref reader);
                break;
            case "datasetId":
                Started.DatasetId = JsonMember.Text(ref reader);
                break;
            case "config":
                Started.Config = StructJson.ReadObject(ref reader, level: 2);
                break;
            case "score":
                Completed.Score = JsonMember.Score(ref reader);
                break;
            case "pausedAt":
                Paused.PausedAt = JsonMember.Time(ref reader);
                break;
            case "currentIteration":
                Paused.CurrentIteration = JsonMember.Count(ref reader);
                break;
            case "resumedAt":
                Resumed.ResumedAt = JsonMember.Time(ref reader);
                break;
            case "resumeFromIteration":
                Resumed.ResumeFromIteration = JsonMember.Count(ref reader);
                break;
            case "resultPromptId":
                Result.ResultPromptId = JsonMember.Text(ref reader);
                break;
            case "finalScore":
                Result.FinalScore = JsonMember.Score(ref reader);
                break;
            case "error":
                Failed.Error = JsonMember.Text(ref reader);
                break;
            case "errorStack":
                Failed.ErrorStack = JsonMember.Text(ref reader);
                break;
            case "willRetry":
                Failed.WillRetry = JsonMember.Flag(ref reader);
                break;
            case "cancelledAt":
                Cancelled.CancelledAt = JsonMember.Time(ref reader);
                break;
            case "finalIteration":
                Cancelled.FinalIteration = JsonMember.Count(ref reader);
                break;
        }
    }

    /// <summary>Sets what was missing.</summary>
    /// <exception cref="EventJsonException">A member that is required is missing.</exception>
    /// <param name="isThere">Returns true if a member was read.</param>
    public void Complete(Func<string, bool> isThere)
    {
        switch (eventType)
        {
            case "job_started":
                _ = Started;
                break;
            case "iteration_completed":
                Require("score", isThere, "a number, or null if it isn't known");
                break;
            case "job_paused" when !isThere("currentIteration"):
                Paused.CurrentIteration = jobEvent.Iteration;
                break;
            case "job_resumed" when !isThere("resumeFromIteration"):
                Resumed.ResumeFromIteration = jobEvent.Iteration;
                break;
            case "job_completed" when !isThere("finalScore"):
                Result.FinalScore = double.NaN;
                break;
            case "job_failed":
                Require("error", isThere, "the cause, in a sentence for people");
                break;
            case "job_cancelled" when !isThere("finalIteration"):
                Cancelled.FinalIteration = jobEvent.Iteration;
                break;
        }
    }

    /// <summary>Writes the members of an event's payload, but for times that it hasn't got.</summary>
    public static void Write(Utf8JsonWriter json, JobEvent jobEvent)
    {
        switch (jobEvent.PayloadCase)
        {
            case JobEvent.PayloadOneofCase.JobStarted:
                json.WriteString("promptId", jobEvent.JobStarted.PromptId);
                json.WriteString("datasetId", jobEvent.JobStarted.DatasetId);
                if (jobEvent.JobStarted.Config is { } config)
                {
                    json.WritePropertyName("config");
                    StructJson.WriteObject(json, config, level: 2);
                }

                break;
            case JobEvent.PayloadOneofCase.IterationCompleted:
                Write(json, "score", jobEvent.IterationCompleted.Score);
                break;
            case JobEvent.PayloadOneofCase.JobPaused:
                Write(json, "pausedAt", jobEvent.JobPaused.PausedAt);
                json.WriteNumber("currentIteration", jobEvent.JobPaused.CurrentIteration);
                break;
            case JobEvent.PayloadOneofCase.JobResumed:
                Write(json, "resumedAt", jobEvent.JobResumed.ResumedAt);
                json.WriteNumber("resumeFromIteration", jobEvent.JobResumed.ResumeFromIteration);
                break;
            case JobEvent.PayloadOneofCase.JobCompleted:
                json.WriteString("resultPromptId", jobEvent.JobCompleted.ResultPromptId);
                Write(json, "finalScore", jobEvent.JobCompleted.FinalScore);
                break;
            case JobEvent.PayloadOneofCase.JobFailed:
                json.WriteString("error", jobEvent.JobFailed.Error);
                json.WriteString("errorStack", jobEvent.JobFailed.ErrorStack);
                json.WriteBoolean("willRetry", jobEvent.JobFailed.WillRetry);
                break;
            case JobEvent.PayloadOneofCase.JobCancelled:
                Write(json, "cancelledAt", jobEvent.JobCancelled.CancelledAt);
                json.WriteNumber("finalIteration", jobEvent.JobCancelled.FinalIteration);
                break;
        }
    }

    private JobStarted Started => jobEvent.JobStarted ??= new JobStarted();

    private IterationCompleted Completed => jobEvent.IterationCompleted ??= new IterationCompleted();

    private JobPaused Paused => jobEvent.JobPaused ??= new JobPaused();

    private JobResumed Resumed => jobEvent.JobResumed ??= new JobResumed();

    private JobCompleted Result => jobEvent.JobCompleted ??= new JobCompleted();

    private JobFailed Failed => jobEvent.JobFailed ??= new JobFailed();

    private JobCancelled Cancelled => jobEvent.JobCancelled ??= new JobCancelled();

    private static void Write(Utf8JsonWriter json, string name, double score)
    {
        if (double.IsFinite(score))
        {
            json.WriteNumber(name, score);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, Timestamp? time)
    {
        if (time is not null)
        {
            json.WriteString(name, time.ToDateTimeOffset());
        }
    }

    private static void Require(string name, Func<string, bool> isThere, string rule)
    {
        if (!isThere(name))
        {
            throw EventJsonException.Of($"is required: {rule}.").In($".{name}");
        }
    }
}
