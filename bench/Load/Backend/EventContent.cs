using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Load.Backend;

/// <summary>The bytes that all events of a moment share: all of a <see cref="JobEvent"/> but its ids, its iteration and its score.</summary>
/// <remarks>Only those are written for each event, so that a fast job costs the backend a copy of memory an event.</remarks>
internal sealed class EventContent(byte[] common)
{
    private const int ScoreBytes = 11;
    private const int MostVarintBytes = 10;

    private static readonly double[] Scores = [.. Enumerable.Range(0, 1000).Select(i => Math.Round(0.2 + (0.6 * i / 1000), 4))];
    private static readonly string Text = string.Concat(
        Enumerable.Range(1, 2000).Select(i => $"Step {i}: weigh the \"tone\" of the ticket, then name its queue.\n")
    );

    /// <summary>The bytes that one event takes at most as a message.</summary>
    public int MostBytes => common.Length + ScoreBytes + (5 * (MostVarintBytes + 1));

    /// <param name="shape">As in <see cref="JobName.Shape"/>.</param>
    /// <param name="job">The job's name.</param>
    /// <param name="at">The moment that latency is measured from; a member of the details.</param>
    public static EventContent Of(string shape, string job, long at)
    {
        var content = new JobEvent { Stage = "evaluate", Timestamp = DateTime.UtcNow.ToTimestamp() };
        if (shape != "plain")
        {
            content.Details = new Struct
            {
                Fields =
                {
                    ["job"] = Value.ForString(job),
                    ["at"] = Value.ForNumber(at),
                    ["hash"] = Value.ForString("8f3ac21b"),
                },
            };
        }

        var textLength = shape switch
        {
            "2k" => 1_700,
            "100k" => 97_000,
            _ => 0,
        };
        if (textLength > 0)
        {
            content.Details.Fields["prompt"] = Value.ForString(Text[..textLength]);
        }

        return new EventContent(content.ToByteArray());
    }

    /// <summary>Writes one event as a field, of the given number, of the message around it.</summary>
    /// <returns>The number of bytes written.</returns>
    public int Write(Span<byte> target, int field, long id)
    {
        var head = VarintSize(id) + VarintSize(id - 1) + VarintSize(id) + 3;
        var at = 0;
        target[at++] = (byte)((field << 3) | 2);
        at += WriteVarint(target[at..], head + common.Length + ScoreBytes);
        at += WriteField(target[at..], JobEvent.IdFieldNumber, id);
        at += WriteField(target[at..], JobEvent.IterationFieldNumber, id);
        at += WriteField(target[at..], JobEvent.PreviousIdFieldNumber, id - 1);
        common.CopyTo(target[at..]);
        at += common.Length;
        // iteration_completed { score }
        target[at++] = (JobEvent.IterationCompletedFieldNumber << 3) | 2;
        target[at++] = 9;
        target[at++] = (IterationCompleted.ScoreFieldNumber << 3) | 1;
        BinaryPrimitives.WriteDoubleLittleEndian(target[at..], Scores[id % Scores.Length]);
        return at + sizeof(double);
    }

    public static int WriteVarint(Span<byte> target, long value)
    {
        var at = 0;
        for (; value > 0x7f; value >>= 7)
        {
            target[at++] = (byte)(value | 0x80);
        }

        target[at++] = (byte)value;
        return at;
    }

    private static int WriteField(Span<byte> target, int field, long value)
    {
        target[0] = (byte)(field << 3);
        return 1 + WriteVarint(target[1..], value);
    }

    private static int VarintSize(long value)
    {
        var size = 1;
        for (; value > 0x7f; value >>= 7)
        {
            size++;
        }

        return size;
    }
}
