using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>A time as it is on the wire, to the nanosecond, so that jobs can be put in order.</summary>
internal sealed record WireTime(long Seconds, int Nanos)
{
    public static readonly WireTime None = new(0, 0);

    /// <summary>The time as a value that sorts.</summary>
    public (long Seconds, int Nanos) Order => (Seconds, Nanos);

    /// <summary>Reads an encoded <see cref="Timestamp"/>.</summary>
    public static WireTime Read(ReadOnlySpan<byte> timestamp)
    {
        var (seconds, nanos) = (0L, 0);
        var reader = new WireReader(timestamp);
        while (reader.Read())
        {
            if (reader.Is(Timestamp.SecondsFieldNumber, WireType.Varint))
            {
                seconds = (long)reader.Number;
            }
            else if (reader.Is(Timestamp.NanosFieldNumber, WireType.Varint))
            {
                nanos = (int)reader.Number;
            }
        }

        return new WireTime(seconds, nanos);
    }
}

/// <summary>One job as a backend describes it: what lists are put together by, and its bytes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="UpdatedAt">The time that it last changed.</param>
/// <param name="Encoded">The encoded <see cref="Job"/>.</param>
internal sealed record ListedJob(string JobId, WireTime UpdatedAt, ReadOnlyMemory<byte> Encoded)
{
    /// <summary>Reads an encoded <see cref="Job"/>. One that doesn't parse has no id, and can't be shown.</summary>
    public static ListedJob Read(ReadOnlyMemory<byte> encoded)
    {
        var (jobId, time) = ("", WireTime.None);
        var reader = new WireReader(encoded.Span);
        while (reader.Read())
        {
            if (reader.Is(Job.JobIdFieldNumber, WireType.Delimited))
            {
                jobId = WireText.Read(reader.Bytes) ?? "";
            }
            else if (reader.Is(Job.UpdateTimeFieldNumber, WireType.Delimited))
            {
                time = WireTime.Read(reader.Bytes);
            }
        }

        return new ListedJob(reader.IsMalformed ? "" : jobId, time, encoded);
    }
}
