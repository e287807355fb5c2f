using System.Text;
using System.Text.Unicode;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes the members of an event's <c>data</c>: the payload's documented fields, each always present, then the members of
/// <c>details</c> that have other names.
/// </summary>
internal static class PayloadWriter
{
    /// <summary>The level of <c>data</c> itself.</summary>
    private const int Level = 1;

    /// <summary>The documented names of events: no custom event may have one of them.</summary>
    private static readonly byte[][] Documented =
    [
        .. JobEvent
            .Descriptor.Oneofs.Single(o => o.Name == "payload")
            .Fields.Where(f => f.FieldNumber != JobEvent.CustomFieldNumber)
            .Select(f => Encoding.UTF8.GetBytes(f.Name)),
    ];

    /// <summary>The documented names of the members, by the number of the payload's field.</summary>
    private static readonly byte[][][] Names =
    [
        .. Enumerable
            .Range(0, JobEvent.CustomFieldNumber)
            .Select(number => JobEvent.Descriptor.FindFieldByNumber(number))
            .Select(field => field is { ContainingOneof.Name: "payload" } ? NamesOf(field) : []),
    ];

    /// <summary>The event's name: a documented one, a custom event's own, or <c>unknown</c>.</summary>
    public static ReadOnlySpan<byte> EventTypeOf(int kind, scoped in SmallMessage payload) =>
        kind switch
        {
            JobEvent.JobStartedFieldNumber => "job_started"u8,
            JobEvent.IterationCompletedFieldNumber => "iteration_completed"u8,
            JobEvent.JobPausedFieldNumber => "job_paused"u8,
            JobEvent.JobResumedFieldNumber => "job_resumed"u8,
            JobEvent.JobCompletedFieldNumber => "job_completed"u8,
            JobEvent.JobFailedFieldNumber => "job_failed"u8,
            JobEvent.JobCancelledFieldNumber => "job_cancelled"u8,
            JobEvent.CustomFieldNumber when HasOwnName(payload) => payload.Bytes(CustomEvent.EventTypeFieldNumber),
            _ => "unknown"u8,
        };

    /// <summary>Writes the members.</summary>
    /// <param name="json">The output, inside the object.</param>
    /// <param name="fields">The event.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="instant">Its timestamp, which stands in for one that the payload lacks.</param>
    /// <param name="options">The parts of an event that are shown.</param>
    public static void Write(
        ref JsonOutput json,
        in EventFields fields,
        in SmallMessage payload,
        DateTime instant,
        TranslationOptions options
    )
    {
        var keys = new KeySet(json.IsChecked);
        switch (fields.Kind)
        {
            case JobEvent.JobStartedFieldNumber:
                json.Put("\"promptId\":"u8);
                json.Text(payload.Bytes(JobStarted.PromptIdFieldNumber));
                json.Put(",\"datasetId\":"u8);
                json.Text(payload.Bytes(JobStarted.DatasetIdFieldNumber));
                json.Put(",\"config\":"u8);
                StructWriter.WriteObject(ref json, payload.Bytes(JobStarted.ConfigFieldNumber), Level + 1);
                break;
            case JobEvent.IterationCompletedFieldNumber:
                json.Put("\"score\":"u8);
                json.Number(payload.Double(IterationCompleted.ScoreFieldNumber));
                break;
            case JobEvent.JobPausedFieldNumber:
                WriteMoment(ref json, payload, instant, "\"pausedAt\":"u8, ",\"currentIteration\":"u8);
                break;
            case JobEvent.JobResumedFieldNumber:
                WriteMoment(ref json, payload, instant, "\"resumedAt\":"u8, ",\"resumeFromIteration\":"u8);
                break;
            case JobEvent.JobCancelledFieldNumber:
                WriteMoment(ref json, payload, instant, "\"cancelledAt\":"u8, ",\"finalIteration\":"u8);
                break;
            case JobEvent.JobCompletedFieldNumber:
                json.Put("\"resultPromptId\":"u8);
                json.Text(payload.Bytes(JobCompleted.ResultPromptIdFieldNumber));
                json.Put(",\"finalScore\":"u8);
                json.Number(payload.Double(JobCompleted.FinalScoreFieldNumber));
                break;
            case JobEvent.JobFailedFieldNumber:
                WriteFailure(ref json, payload, options);
                break;
            case JobEvent.CustomFieldNumber:
                WriteCustom(ref json, payload, ref keys);
                break;
        }

        StructWriter.WriteMembers(ref json, fields.Details, Level, ref keys, fields.Kind < Names.Length ? Names[fields.Kind] : []);
    }

    /// <summary>Returns true if the custom event's name is one that it may have.</summary>
    public static bool IsOwnName(ReadOnlySpan<byte> name)
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

    /// <summary>The three messages have the time and the iteration in the same two fields.</summary>
    private static void WriteMoment(
        ref JsonOutput json,
        in SmallMessage payload,
        DateTime instant,
        ReadOnlySpan<byte> moment,
        ReadOnlySpan<byte> iteration
    )
    {
        if (payload.TryBytes(JobPaused.PausedAtFieldNumber, out var own) && JsonTimestamp.Read(own, out instant) is { } fault)
        {
            json.Refuse(fault);
        }

        json.Put(moment);
        JsonTimestamp.Write(ref json, instant);
        json.Put(iteration);
        json.Number((int)payload.Varint(JobPaused.CurrentIterationFieldNumber));
    }

    private static void WriteFailure(ref JsonOutput json, in SmallMessage payload, TranslationOptions options)
    {
        var stack = payload.Bytes(JobFailed.ErrorStackFieldNumber);
        json.Put("\"error\":"u8);
        json.Text(payload.Bytes(JobFailed.ErrorFieldNumber));
        json.Put(",\"errorStack\":"u8);
        json.Text(options.IncludeErrorStack ? stack : default);
        json.Put(payload.Varint(JobFailed.WillRetryFieldNumber) != 0 ? ",\"willRetry\":true"u8 : ",\"willRetry\":false"u8);
        if (!Utf8.IsValid(stack))
        {
            json.Refuse(TranslationFault.Unreadable);
        }
    }

    /// <summary>Writes a custom event's data. Its keys are added to the set, so that a member of <c>details</c> that has one of them is refused.</summary>
    private static void WriteCustom(ref JsonOutput json, in SmallMessage payload, ref KeySet keys)
    {
        if (HasOwnName(payload))
        {
            StructWriter.WriteMembers(ref json, payload.Bytes(CustomEvent.DataFieldNumber), Level, ref keys);
        }
        else if (!json.IsChecked)
        {
            // Its data isn't shown, but could be unreadable.
            json.Refuse(TranslationFault.Unreadable);
        }
    }

    private static bool HasOwnName(in SmallMessage payload) => IsOwnName(payload.Bytes(CustomEvent.EventTypeFieldNumber));

    private static byte[][] NamesOf(Google.Protobuf.Reflection.FieldDescriptor payload) =>
        [.. payload.MessageType.Fields.InFieldNumberOrder().Select(field => Encoding.UTF8.GetBytes(field.JsonName))];
}
