using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Append;

namespace OptimizationGateway.LogServer.Rpc;

/// <summary>Checks a request field by field; each refusal names the field. What the log itself checks is left to it.</summary>
internal static class AppendEventsCheck
{
    private const int MaxIdLength = 256;
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(1);

    /// <summary>The documented types: the names of the payload's fields.</summary>
    private static readonly HashSet<string> Documented =
    [
        .. JobEvent
            .Descriptor.Oneofs.Single(oneof => oneof.Name == "payload")
            .Fields.Where(field => field.FieldNumber != JobEvent.CustomFieldNumber)
            .Select(field => field.Name),
    ];

    /// <exception cref="RefusedException">A field isn't allowed.</exception>
    public static JobAppend Read(AppendEventsRequest request)
    {
        Check(IsId(request.JobId), $"job_id must have 1 to {MaxIdLength} characters, and no control characters.");
        Check(
            !request.HasExpectedLastEventId || request.ExpectedLastEventId is >= 0 and <= EventIds.Max,
            "expected_last_event_id must be from 0 to 2^53-1."
        );
        for (var i = 0; i < request.Events.Count; i++)
        {
            Check(request.Events[i], $"events[{i}]");
        }

        return new JobAppend(request.JobId, [.. request.Events])
        {
            Producer = ReadProducer(request.Producer),
            Lease = ReadLease(request.Lease),
            ExpectedLastId = request.HasExpectedLastEventId ? request.ExpectedLastEventId : null,
        };
    }

    private static void Check(JobEvent jobEvent, string path)
    {
        CheckEvent(jobEvent.Id == 0, $"{path}.id is given by the log: leave it out.");
        CheckEvent(jobEvent.PreviousId == 0, $"{path}.previous_id is given by the log: leave it out.");
        CheckEvent(jobEvent.PayloadCase != JobEvent.PayloadOneofCase.None, $"{path}.payload is required.");
        CheckEvent(
            jobEvent.Custom is not { } custom || (custom.EventType.Length > 0 && !Documented.Contains(custom.EventType)),
            $"{path}.custom.event_type must be a name of your own; documented events have fields of their own."
        );
        CheckEvent(
            jobEvent.JobFailed is not { } failed || failed.Error.Length > 0,
            $"{path}.job_failed.error is required: the cause, in a sentence for people."
        );
        CheckEvent(
            Fits(jobEvent.Custom?.Data, level: 1) && Fits(jobEvent.Details, level: 1) && Fits(jobEvent.JobStarted?.Config, level: 2),
            $"{path} nests deeper than {Nesting.MaxLevels} levels."
        );
    }

    private static bool Fits(Struct? members, int level) =>
        level <= Nesting.MaxLevels && (members is null || members.Fields.Values.All(value => Fits(value, level + 1)));

    private static bool Fits(Value value, int level) =>
        value.KindCase switch
        {
            Value.KindOneofCase.StructValue => Fits(value.StructValue, level),
            Value.KindOneofCase.ListValue => level <= Nesting.MaxLevels && value.ListValue.Values.All(item => Fits(item, level + 1)),
            _ => true,
        };

    private static JobProducer? ReadProducer(Producer? sent)
    {
        if (sent is null)
        {
            return null;
        }

        Check(IsId(sent.Id), $"producer.id must have 1 to {MaxIdLength} characters, and no control characters.");
        Check(sent.Epoch is >= 0 and <= EventIds.Max, "producer.epoch must be from 0 to 2^53-1.");
        Check(sent.Sequence is >= 0 and <= EventIds.Max, "producer.sequence must be from 0 to 2^53-1.");
        return new JobProducer(sent.Id, sent.Epoch, sent.Sequence);
    }

    private static TimeSpan? ReadLease(Duration? sent)
    {
        if (sent is null)
        {
            return null;
        }

        // Compared as seconds: a duration can be longer than .NET's time spans.
        var isAllowed =
            sent.Seconds >= (long)ShortestLease.TotalSeconds
            && sent.Seconds <= (long)LongestLease.TotalSeconds
            && sent.Nanos is >= 0 and < 1_000_000_000
            && (sent.Seconds < (long)LongestLease.TotalSeconds || sent.Nanos == 0);
        Check(isAllowed, "lease must be a time from 1 s to 1 day.");
        return sent.ToTimeSpan();
    }

    private static bool IsId(string id) => id.Length is > 0 and <= MaxIdLength && !id.Any(char.IsControl);

    private static void Check(bool isAllowed, string text)
    {
        if (!isAllowed)
        {
            throw new RefusedException(Refusal.Invalid(text));
        }
    }

    private static void CheckEvent(bool isAllowed, string text)
    {
        if (!isAllowed)
        {
            throw new RefusedException(Refusal.InvalidEvent($"{text} Nothing was appended."));
        }
    }
}
