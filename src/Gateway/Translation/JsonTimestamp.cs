using System.Text;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Timestamps as browsers get them: UTC, always three decimals, finer parts cut, years 1–9999 (PROTOCOL.md section 4).</summary>
internal static class JsonTimestamp
{
    /// <summary>The number of bytes of a timestamp in quotes.</summary>
    public const int Length = 26;

    private const int NanosPerSecond = 1_000_000_000;
    private const int NanosPerMillisecond = 1_000_000;
    private static readonly long MinSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static string Format(DateTimeOffset instant)
    {
        Span<byte> quoted = stackalloc byte[Length];
        Write(instant.UtcDateTime, quoted);
        return Encoding.ASCII.GetString(quoted[1..^1]);
    }

    /// <summary>Reads an encoded <see cref="Timestamp"/>.</summary>
    /// <returns>False if it is out of range.</returns>
    public static bool TryRead(ReadOnlySpan<byte> timestamp, out DateTime instant)
    {
        var seconds = (long)Fields.Number(timestamp, Timestamp.SecondsFieldNumber, WireType.Varint);
        var nanos = Fields.Int32(timestamp, Timestamp.NanosFieldNumber);
        var isInRange = seconds >= MinSeconds && seconds <= MaxSeconds && nanos is >= 0 and < NanosPerSecond;
        instant = isInRange ? DateTime.UnixEpoch.AddSeconds(seconds).AddMilliseconds(nanos / NanosPerMillisecond) : default;
        return isInRange;
    }

    /// <summary>Writes the timestamp in quotes.</summary>
    /// <param name="instant">The instant, in UTC.</param>
    /// <param name="quoted">The destination, of <see cref="Length"/> bytes.</param>
    public static void Write(DateTime instant, Span<byte> quoted)
    {
        "\"0000-00-00T00:00:00.000Z\""u8.CopyTo(quoted);
        var (year, month, day) = DateOnly.FromDateTime(instant);
        Digits(quoted[1..5], year);
        Digits(quoted[6..8], month);
        Digits(quoted[9..11], day);
        Digits(quoted[12..14], instant.Hour);
        Digits(quoted[15..17], instant.Minute);
        Digits(quoted[18..20], instant.Second);
        Digits(quoted[21..24], instant.Millisecond);
    }

    private static void Digits(Span<byte> place, int value)
    {
        for (var i = place.Length - 1; i >= 0; i--)
        {
            place[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
