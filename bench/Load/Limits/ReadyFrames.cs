using System.Buffers.Binary;
using System.Text;

namespace OptimizationGateway.Load.Limits;

/// <summary>Frames of one job's events, made once. Only their ids and moments are overwritten, which have the same width in all of them.</summary>
internal sealed class ReadyFrames
{
    /// <summary>The first id: of seven digits, as all that follow.</summary>
    public const long FirstId = 1_000_000;

    private const int BytesAWrite = 64 * 1024;
    private const int IdDigits = 7;
    private const int MomentDigits = 15;

    private readonly byte[] bytes;
    private readonly int frameBytes;
    private readonly int idAt;
    private readonly int momentAt;

    public ReadyFrames(string job, string shape, int framesAWrite)
    {
        var text = shape switch
        {
            "2k" => $",\"prompt\":\"{new string('x', 1_700)}\"",
            "100k" => $",\"prompt\":\"{new string('x', 97_000)}\"",
            _ => "",
        };
        var details = shape == "plain" ? "" : $",\"job\":\"{job}\",\"at\":{new string('0', MomentDigits)},\"hash\":\"8f3ac21b\"{text}";
        var data = $$"""{"score":0.2345{{details}} }""";
        var jobEvent =
            $$"""{"id":{{FirstId}},"eventType":"iteration_completed","iteration":{{FirstId}},"stage":"evaluate","data":{{data}}"""
            + ""","timestamp":"2026-01-01T00:00:00.000Z"}""";
        var frame = Frame($$"""{"type":"event","jobId":"{{job}}","event":{{jobEvent}} }""");
        frameBytes = frame.Length;
        idAt = frame.AsSpan().IndexOf("\"id\":"u8) + 5;
        momentAt = shape == "plain" ? -1 : frame.AsSpan().IndexOf("\"at\":"u8) + 5;
        Count = Math.Clamp(BytesAWrite / frame.Length, 1, framesAWrite);
        bytes = [.. Enumerable.Repeat(frame, Count).SelectMany(one => one)];
    }

    /// <summary>The number of frames in a write.</summary>
    public int Count { get; }

    /// <summary>The frames of <paramref name="count"/> events, until the next call.</summary>
    public ReadOnlyMemory<byte> From(long id, int count, long moment)
    {
        for (var i = 0; i < count; i++)
        {
            WriteDigits(bytes.AsSpan((i * frameBytes) + idAt, IdDigits), id + i);
            if (momentAt >= 0)
            {
                WriteDigits(bytes.AsSpan((i * frameBytes) + momentAt, MomentDigits), moment);
            }
        }

        return bytes.AsMemory(0, count * frameBytes);
    }

    /// <summary>A text frame, as a server sends it.</summary>
    public static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var size = new byte[10];
        var sizeBytes =
            payload.Length < 126 ? 2
            : payload.Length <= ushort.MaxValue ? 4
            : 10;
        size[0] = 0x81;
        size[1] = (byte)(
            sizeBytes == 2 ? payload.Length
            : sizeBytes == 4 ? 126
            : 127
        );
        if (sizeBytes == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(size.AsSpan(2), (ushort)payload.Length);
        }
        else if (sizeBytes == 10)
        {
            BinaryPrimitives.WriteInt64BigEndian(size.AsSpan(2), payload.Length);
        }

        return [.. size.AsSpan(0, sizeBytes), .. payload];
    }

    private static void WriteDigits(Span<byte> target, long number)
    {
        for (var i = target.Length - 1; i >= 0; i--, number /= 10)
        {
            target[i] = (byte)('0' + (number % 10));
        }
    }
}
