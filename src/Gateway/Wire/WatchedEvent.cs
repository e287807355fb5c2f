using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>
/// One event: its position in the log, the mark of a terminal event, and the encoded <see cref="JobEvent"/>, which only the translator
/// reads.
/// </summary>
/// <param name="Id">The event's id; 0 if it couldn't be read.</param>
/// <param name="PreviousId">The id of the event before it, if the backend says so.</param>
/// <param name="IsTerminal">True if nothing follows it.</param>
/// <param name="Fault">The first thing that it lacks of what every event must have; null if there is none. Its payload may still turn out not to parse.</param>
/// <param name="Bytes">The encoded event.</param>
internal readonly record struct WatchedEvent(long Id, long? PreviousId, bool IsTerminal, BadEventReason? Fault, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The place of an event that couldn't be read.</summary>
    public static readonly WatchedEvent Unreadable = new(0, null, IsTerminal: false, BadEventReason.Unreadable, default);

    /// <summary>True if it has what every event must have.</summary>
    public bool IsWellFormed => Fault is null;

    /// <summary>Reads the fields that the gateway needs.</summary>
    public static WatchedEvent Read(ReadOnlyMemory<byte> bytes)
    {
        long id = 0;
        long? previousId = null;
        var hasTimestamp = false;
        var payload = 0;
        var willRetry = false;
        var reader = new WireReader(bytes.Span);
        while (reader.Read())
        {
            if (reader.Type == WireType.Varint)
            {
                id = reader.Field == JobEvent.IdFieldNumber ? (long)reader.Number : id;
                previousId = reader.Field == JobEvent.PreviousIdFieldNumber ? (long)reader.Number : previousId;
            }
            else if (reader.Type == WireType.Delimited)
            {
                hasTimestamp |= reader.Field == JobEvent.TimestampFieldNumber;
                if (IsPayload(reader.Field))
                {
                    // Of several members of a oneof the last counts; the same one twice is merged.
                    willRetry = reader.Field == JobEvent.JobFailedFieldNumber && SaysWillRetry(reader.Bytes, willRetry);
                    payload = reader.Field;
                }
            }
        }

        BadEventReason? fault =
            reader.IsMalformed ? BadEventReason.Unreadable
            : id is < 1 or > EventIds.Max ? BadEventReason.IdOutOfRange
            : !hasTimestamp ? BadEventReason.NoTimestamp
            : null;
        var isTerminal =
            payload is JobEvent.JobCompletedFieldNumber or JobEvent.JobCancelledFieldNumber
            || (payload == JobEvent.JobFailedFieldNumber && !willRetry);
        return new WatchedEvent(id, previousId, isTerminal, fault, bytes);
    }

    private static bool IsPayload(int field) =>
        field is >= JobEvent.JobStartedFieldNumber and <= JobEvent.JobCancelledFieldNumber or JobEvent.CustomFieldNumber;

    private static bool SaysWillRetry(ReadOnlySpan<byte> jobFailed, bool before)
    {
        var willRetry = before;
        var reader = new WireReader(jobFailed);
        while (reader.Read())
        {
            if (reader.Is(JobFailed.WillRetryFieldNumber, WireType.Varint))
            {
                willRetry = reader.Number != 0;
            }
        }

        return willRetry;
    }
}
