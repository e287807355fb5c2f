using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Timestamps as browsers get them: UTC, always three decimals, finer parts cut, years 1–9999 (PROTOCOL.md section 4).</summary>
internal static class JsonTimestamp
{
    private const int NanosPerSecond = 1_000_000_000;
    private const int NanosPerMillisecond = 1_000_000;

    /// <summary>The length of .NET's round-trip format, which has seven decimals.</summary>
    private const int RoundTripLength = 28;
    private const int MillisecondsEnd = 23;
    private static readonly long MinSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static string Format(DateTimeOffset instant)
    {
        Span<byte> text = stackalloc byte[RoundTripLength];
        return Encoding.ASCII.GetString(Format(instant.UtcDateTime, text));
    }

    /// <summary>Reads an encoded <see cref="Timestamp"/>.</summary>
    /// <returns>The reason it can't be shown; null if it can.</returns>
    public static TranslationFault? Read(ReadOnlySpan<byte> timestamp, out DateTime instant)
    {
        var fields = new SmallMessage(timestamp);
        var seconds = (long)fields.Varint(Timestamp.SecondsFieldNumber);
        var nanos = (int)fields.Varint(Timestamp.NanosFieldNumber);
        var isInRange = seconds >= MinSeconds && seconds <= MaxSeconds && nanos is >= 0 and < NanosPerSecond;
        instant = isInRange
            ? DateTime.UnixEpoch.AddTicks(
                (seconds * TimeSpan.TicksPerSecond) + (nanos / NanosPerMillisecond * TimeSpan.TicksPerMillisecond)
            )
            : default;
        return !fields.IsPlain ? TranslationFault.Unreadable
            : isInRange ? null
            : TranslationFault.TimeOutOfRange;
    }

    /// <summary>Writes a timestamp as a string.</summary>
    public static void Write(ref JsonOutput json, DateTime instant)
    {
        Span<byte> text = stackalloc byte[RoundTripLength];
        json.Text(Format(instant, text));
    }

    private static ReadOnlySpan<byte> Format(DateTime utc, Span<byte> text)
    {
        utc.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[MillisecondsEnd] = (byte)'Z';
        return text[..(MillisecondsEnd + 1)];
    }
}
