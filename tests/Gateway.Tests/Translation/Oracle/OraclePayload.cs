using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Translation;

namespace OptimizationGateway.Gateway.Tests.Translation.Oracle;

/// <summary>
/// Writes the members of an event's <c>data</c>: the payload's documented fields, each always present, then the members of
/// <c>details</c> that bear none of their names.
/// </summary>
/// <param name="json">Stands inside the object.</param>
/// <param name="jobEvent">The event.</param>
/// <param name="timestamp">Its timestamp, which stands in for one that the payload lacks.</param>
/// <param name="options">The parts of an event that are shown.</param>
internal readonly ref struct OraclePayload(Utf8JsonWriter json, JobEvent jobEvent, string timestamp, TranslationOptions options)
{
    private const string Unknown = "unknown";

    /// <summary>The payload fields' names: taken, so that no custom event may pass for one of them.</summary>
    private static readonly HashSet<string> Documented = new(
        JobEvent
            .Descriptor.Oneofs.Single(o => o.Name == "payload")
            .Fields.Where(f => f.FieldNumber != JobEvent.CustomFieldNumber)
            .Select(f => f.Name),
        StringComparer.Ordinal
    );

    /// <summary>The event's name: a documented one, a custom event's own, or <c>unknown</c>.</summary>
    public string EventType =>
        jobEvent.PayloadCase switch
        {
            JobEvent.PayloadOneofCase.JobStarted => "job_started",
            JobEvent.PayloadOneofCase.IterationCompleted => "iteration_completed",
            JobEvent.PayloadOneofCase.JobPaused => "job_paused",
            JobEvent.PayloadOneofCase.JobResumed => "job_resumed",
            JobEvent.PayloadOneofCase.JobCompleted => "job_completed",
            JobEvent.PayloadOneofCase.JobFailed => "job_failed",
            JobEvent.PayloadOneofCase.JobCancelled => "job_cancelled",
            JobEvent.PayloadOneofCase.Custom when IsOwnName(jobEvent.Custom.EventType) => jobEvent.Custom.EventType,
            _ => Unknown,
        };

    /// <returns>The reason it can't be shown; null if it was written.</returns>
    public TranslationFault? WriteData()
    {
        switch (jobEvent.PayloadCase)
        {
            case JobEvent.PayloadOneofCase.JobStarted:
                json.WriteString("promptId"u8, jobEvent.JobStarted.PromptId);
                json.WriteString("datasetId"u8, jobEvent.JobStarted.DatasetId);
                json.WritePropertyName("config"u8);
                return OracleStruct.TryWriteObject(json, jobEvent.JobStarted.Config)
                    ? WriteDetails("promptId", "datasetId", "config")
                    : TranslationFault.NestedTooDeep;
            case JobEvent.PayloadOneofCase.IterationCompleted:
                WriteNumber("score", jobEvent.IterationCompleted.Score);
                return WriteDetails("score");
            case JobEvent.PayloadOneofCase.JobPaused:
                return WriteMoment("pausedAt", jobEvent.JobPaused.PausedAt, "currentIteration", jobEvent.JobPaused.CurrentIteration);
            case JobEvent.PayloadOneofCase.JobResumed:
                var resumed = jobEvent.JobResumed;
                return WriteMoment("resumedAt", resumed.ResumedAt, "resumeFromIteration", resumed.ResumeFromIteration);
            case JobEvent.PayloadOneofCase.JobCompleted:
                json.WriteString("resultPromptId"u8, jobEvent.JobCompleted.ResultPromptId);
                WriteNumber("finalScore", jobEvent.JobCompleted.FinalScore);
                return WriteDetails("resultPromptId", "finalScore");
            case JobEvent.PayloadOneofCase.JobFailed:
                json.WriteString("error"u8, jobEvent.JobFailed.Error);
                json.WriteString("errorStack"u8, options.IncludeErrorStack ? jobEvent.JobFailed.ErrorStack : "");
                json.WriteBoolean("willRetry"u8, jobEvent.JobFailed.WillRetry);
                return WriteDetails("error", "errorStack", "willRetry");
            case JobEvent.PayloadOneofCase.JobCancelled:
                var cancelled = jobEvent.JobCancelled;
                return WriteMoment("cancelledAt", cancelled.CancelledAt, "finalIteration", cancelled.FinalIteration);
            case JobEvent.PayloadOneofCase.Custom when IsOwnName(jobEvent.Custom.EventType):
                return OracleStruct.TryWriteMembers(json, jobEvent.Custom.Data)
                    ? WriteDetails([.. jobEvent.Custom.Data?.Fields.Keys ?? []])
                    : TranslationFault.NestedTooDeep;
            default:
                return WriteDetails();
        }
    }

    private TranslationFault? WriteMoment(string momentName, Timestamp? moment, string iterationName, int iteration)
    {
        var text = timestamp;
        if (moment is not null && !OracleTimestamp.TryFormat(moment, out text))
        {
            return TranslationFault.TimeOutOfRange;
        }

        json.WriteString(momentName, text);
        json.WriteNumber(iterationName, iteration);
        return WriteDetails(momentName, iterationName);
    }

    private void WriteNumber(string name, double value)
    {
        json.WritePropertyName(name);
        OracleStruct.WriteNumber(json, value);
    }

    private TranslationFault? WriteDetails(params ReadOnlySpan<string> taken)
    {
        if (jobEvent.Details is null)
        {
            return null;
        }

        foreach (var (name, value) in jobEvent.Details.Fields)
        {
            if (taken.Contains(name))
            {
                continue;
            }

            json.WritePropertyName(name);
            if (!OracleStruct.TryWriteValue(json, value))
            {
                return TranslationFault.NestedTooDeep;
            }
        }

        return null;
    }

    private static bool IsOwnName(string eventType) => eventType.Length > 0 && !Documented.Contains(eventType);
}
