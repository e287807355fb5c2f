using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>The fields of an encoded <see cref="JobEvent"/> that its JSON is written from. Messages are the bytes that they are encoded in.</summary>
internal readonly ref struct EventFields
{
    private const uint Payloads =
        (1U << JobEvent.CustomFieldNumber) | ((1U << (JobEvent.JobCancelledFieldNumber + 1)) - (1U << JobEvent.JobStartedFieldNumber));

    public EventFields(ReadOnlySpan<byte> jobEvent)
    {
        var seen = 0U;
        var again = 0U;
        var reader = new WireReader(jobEvent);
        while (reader.Read())
        {
            var field = reader.Field < 32 ? 1U << reader.Field : 0;
            again |= seen & field;
            seen |= field;
            switch (reader.Type, reader.Field)
            {
                case (WireType.Varint, JobEvent.IdFieldNumber):
                    Id = (long)reader.Number;
                    break;
                case (WireType.Varint, JobEvent.IterationFieldNumber):
                    Iteration = (int)reader.Number;
                    break;
                case (WireType.Delimited, JobEvent.StageFieldNumber):
                    Stage = reader.Bytes;
                    break;
                case (WireType.Delimited, JobEvent.TimestampFieldNumber):
                    HasTimestamp = true;
                    Timestamp = reader.Bytes;
                    break;
                case (WireType.Delimited, JobEvent.DetailsFieldNumber):
                    Details = reader.Bytes;
                    break;
                case (WireType.Delimited, >= JobEvent.JobStartedFieldNumber and <= JobEvent.JobCancelledFieldNumber):
                case (WireType.Delimited, JobEvent.CustomFieldNumber):
                    Kind = reader.Field;
                    Payload = reader.Bytes;
                    break;
            }
        }

        var payloads = seen & Payloads;
        IsPlain = !reader.IsMalformed && again == 0 && (payloads & (payloads - 1)) == 0;
    }

    /// <summary>True if the event is well-formed, no field occurs again, and at most one is a payload.</summary>
    public bool IsPlain { get; }

    public long Id { get; }

    public int Iteration { get; }

    public ReadOnlySpan<byte> Stage { get; }

    /// <summary>False if the event has no timestamp; an empty one is the start of 1970.</summary>
    public bool HasTimestamp { get; }

    public ReadOnlySpan<byte> Timestamp { get; }

    public ReadOnlySpan<byte> Details { get; }

    /// <summary>The number of the payload's field; 0 if there is none that the gateway knows.</summary>
    public int Kind { get; }

    public ReadOnlySpan<byte> Payload { get; }
}
