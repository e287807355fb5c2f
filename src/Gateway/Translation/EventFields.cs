using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>The fields of an encoded <see cref="JobEvent"/> whose encoding is plain. Messages are the bytes that they are encoded in.</summary>
internal readonly ref struct EventFields
{
    public EventFields(ReadOnlySpan<byte> jobEvent)
    {
        var reader = new WireReader(jobEvent);
        while (reader.Read())
        {
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
    }

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

/// <summary>Finds single fields of small messages.</summary>
internal static class Fields
{
    /// <returns>False if the message doesn't have the field.</returns>
    public static bool TryFind(ReadOnlySpan<byte> message, int field, out ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(message);
        while (reader.Read())
        {
            if (reader.Is(field, WireType.Delimited))
            {
                bytes = reader.Bytes;
                return true;
            }
        }

        bytes = default;
        return false;
    }

    /// <returns>The field's bytes; empty if the message doesn't have it.</returns>
    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> message, int field) =>
        TryFind(message, field, out var bytes) ? bytes : default;

    /// <returns>The number; 0 if the message doesn't have it.</returns>
    public static ulong Number(ReadOnlySpan<byte> message, int field, WireType type)
    {
        var reader = new WireReader(message);
        while (reader.Read())
        {
            if (reader.Is(field, type))
            {
                return reader.Number;
            }
        }

        return 0;
    }

    public static int Int32(ReadOnlySpan<byte> message, int field) => (int)Number(message, field, WireType.Varint);

    public static double Double(ReadOnlySpan<byte> message, int field) =>
        BitConverter.UInt64BitsToDouble(Number(message, field, WireType.Fixed64));
}
