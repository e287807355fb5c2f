using System.Text;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes the members of an event's <c>data</c>: the payload's documented fields, each always present, then the members of
/// <c>details</c> that have other names.
/// </summary>
internal static class PayloadWriter
{
    /// <summary>The level of the members' own objects and arrays; <c>data</c> itself is level 1.</summary>
    private const int Level = 2;

    /// <summary>The documented names of events: no custom event may have one of them.</summary>
    private static readonly byte[][] Documented =
    [
        .. JobEvent
            .Descriptor.Oneofs.Single(o => o.Name == "payload")
            .Fields.Where(f => f.FieldNumber != JobEvent.CustomFieldNumber)
            .Select(f => Encoding.UTF8.GetBytes(f.Name)),
    ];

    /// <summary>The event's name: a documented one, a custom event's own, or <c>unknown</c>.</summary>
    public static ReadOnlySpan<byte> EventTypeOf(scoped in EventFields fields) =>
        fields.Kind switch
        {
            JobEvent.JobStartedFieldNumber => "job_started"u8,
            JobEvent.IterationCompletedFieldNumber => "iteration_completed"u8,
            JobEvent.JobPausedFieldNumber => "job_paused"u8,
            JobEvent.JobResumedFieldNumber => "job_resumed"u8,
            JobEvent.JobCompletedFieldNumber => "job_completed"u8,
            JobEvent.JobFailedFieldNumber => "job_failed"u8,
            JobEvent.JobCancelledFieldNumber => "job_cancelled"u8,
            JobEvent.CustomFieldNumber when OwnNameOf(fields.Payload) is { IsEmpty: false } own => own,
            _ => "unknown"u8,
        };

    /// <summary>Returns true if the event is a custom one whose data is shown.</summary>
    public static bool HasOwnName(JobEvent jobEvent) =>
        jobEvent.PayloadCase == JobEvent.PayloadOneofCase.Custom && IsOwnName(Encoding.UTF8.GetBytes(jobEvent.Custom.EventType));

    /// <summary>Writes the members.</summary>
    /// <param name="json">The output, inside the object.</param>
    /// <param name="fields">The event.</param>
    /// <param name="instant">Its timestamp, which stands in for one that the payload lacks.</param>
    /// <param name="options">The parts of an event that are shown.</param>
    /// <returns>The reason it can't be shown; null if it was written.</returns>
    public static TranslationFault? Write(ref JsonOutput json, in EventFields fields, DateTime instant, TranslationOptions options)
    {
        var payload = fields.Payload;
        switch (fields.Kind)
        {
            case JobEvent.JobStartedFieldNumber:
                json.Name("\"promptId\":"u8);
                json.Text(Fields.Bytes(payload, JobStarted.PromptIdFieldNumber));
                json.Name("\"datasetId\":"u8);
                json.Text(Fields.Bytes(payload, JobStarted.DatasetIdFieldNumber));
                json.Name("\"config\":"u8);
                return StructWriter.TryWriteObject(ref json, Fields.Bytes(payload, JobStarted.ConfigFieldNumber), Level)
                    ? WriteDetails(ref json, fields, "promptId"u8, "datasetId"u8, "config"u8)
                    : TranslationFault.NestedTooDeep;
            case JobEvent.IterationCompletedFieldNumber:
                json.Name("\"score\":"u8);
                json.Number(Fields.Double(payload, IterationCompleted.ScoreFieldNumber));
                return WriteDetails(ref json, fields, "score"u8);
            case JobEvent.JobPausedFieldNumber:
                return WriteMoment(ref json, fields, instant, "\"pausedAt\":"u8, "\"currentIteration\":"u8);
            case JobEvent.JobResumedFieldNumber:
                return WriteMoment(ref json, fields, instant, "\"resumedAt\":"u8, "\"resumeFromIteration\":"u8);
            case JobEvent.JobCancelledFieldNumber:
                return WriteMoment(ref json, fields, instant, "\"cancelledAt\":"u8, "\"finalIteration\":"u8);
            case JobEvent.JobCompletedFieldNumber:
                json.Name("\"resultPromptId\":"u8);
                json.Text(Fields.Bytes(payload, JobCompleted.ResultPromptIdFieldNumber));
                json.Name("\"finalScore\":"u8);
                json.Number(Fields.Double(payload, JobCompleted.FinalScoreFieldNumber));
                return WriteDetails(ref json, fields, "resultPromptId"u8, "finalScore"u8);
            case JobEvent.JobFailedFieldNumber:
                json.Name("\"error\":"u8);
                json.Text(Fields.Bytes(payload, JobFailed.ErrorFieldNumber));
                json.Name("\"errorStack\":"u8);
                json.Text(options.IncludeErrorStack ? Fields.Bytes(payload, JobFailed.ErrorStackFieldNumber) : default);
                json.Name("\"willRetry\":"u8);
                json.Put(Fields.Number(payload, JobFailed.WillRetryFieldNumber, WireType.Varint) != 0 ? "true"u8 : "false"u8);
                return WriteDetails(ref json, fields, "error"u8, "errorStack"u8, "willRetry"u8);
            case JobEvent.CustomFieldNumber when !OwnNameOf(payload).IsEmpty:
                return WriteCustom(ref json, fields, Fields.Bytes(payload, CustomEvent.DataFieldNumber));
            default:
                return WriteDetails(ref json, fields);
        }
    }

    /// <summary>The three messages have the time and the iteration in the same two fields.</summary>
    private static TranslationFault? WriteMoment(
        ref JsonOutput json,
        in EventFields fields,
        DateTime instant,
        ReadOnlySpan<byte> moment,
        ReadOnlySpan<byte> iteration
    )
    {
        if (Fields.TryFind(fields.Payload, JobPaused.PausedAtFieldNumber, out var own) && !JsonTimestamp.TryRead(own, out instant))
        {
            return TranslationFault.TimeOutOfRange;
        }

        json.Name(moment);
        json.Timestamp(instant);
        json.Name(iteration);
        json.Number(Fields.Int32(fields.Payload, JobPaused.CurrentIterationFieldNumber));
        return WriteDetails(ref json, fields, moment[1..^2], iteration[1..^2]);
    }

    private static TranslationFault? WriteCustom(ref JsonOutput json, in EventFields fields, ReadOnlySpan<byte> data)
    {
        if (!StructWriter.TryWriteMembers(ref json, data, Level - 1))
        {
            return TranslationFault.NestedTooDeep;
        }

        var details = new StructMembers(fields.Details);
        while (details.Read())
        {
            if (!Has(data, details.Key) && !TryWrite(ref json, details))
            {
                return TranslationFault.NestedTooDeep;
            }
        }

        return null;
    }

    private static TranslationFault? WriteDetails(
        ref JsonOutput json,
        in EventFields fields,
        ReadOnlySpan<byte> first = default,
        ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default
    )
    {
        var details = new StructMembers(fields.Details);
        while (details.Read())
        {
            var isTaken =
                (!first.IsEmpty && details.Key.SequenceEqual(first))
                || (!second.IsEmpty && details.Key.SequenceEqual(second))
                || (!third.IsEmpty && details.Key.SequenceEqual(third));
            if (!isTaken && !TryWrite(ref json, details))
            {
                return TranslationFault.NestedTooDeep;
            }
        }

        return null;
    }

    private static bool TryWrite(ref JsonOutput json, in StructMembers member)
    {
        json.AnyName(member.Key);
        return StructWriter.TryWriteValue(ref json, member.Value, Level);
    }

    private static bool Has(ReadOnlySpan<byte> data, ReadOnlySpan<byte> key)
    {
        var members = new StructMembers(data);
        while (members.Read())
        {
            if (members.Key.SequenceEqual(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>The custom event's name; empty if it has none, or a documented one.</returns>
    private static ReadOnlySpan<byte> OwnNameOf(ReadOnlySpan<byte> custom)
    {
        var name = Fields.Bytes(custom, CustomEvent.EventTypeFieldNumber);
        return IsOwnName(name) ? name : default;
    }

    private static bool IsOwnName(ReadOnlySpan<byte> name)
    {
        foreach (var documented in Documented)
        {
            if (name.SequenceEqual(documented))
            {
                return false;
            }
        }

        return !name.IsEmpty;
    }
}
