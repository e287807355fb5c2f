using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.Gateway.Tests.Translation.Oracle;

/// <summary>Timestamps as browsers get them: UTC, always three decimals, finer parts cut, years 1–9999 (PROTOCOL.md section 4).</summary>
internal static class OracleTimestamp
{
    private const int NanosPerSecond = 1_000_000_000;
    private const int NanosPerMillisecond = 1_000_000;
    private static readonly long MinSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <returns>False if there is none, or it is out of range.</returns>
    public static bool TryFormat(Timestamp? timestamp, out string text) => TryFormat(timestamp, out text, out _);

    /// <inheritdoc cref="TryFormat(Timestamp?, out string)"/>
    /// <param name="timestamp">The backend's timestamp.</param>
    /// <param name="text">The JSON text.</param>
    /// <param name="instant">The instant.</param>
    public static bool TryFormat(Timestamp? timestamp, out string text, out DateTimeOffset instant)
    {
        text = "";
        instant = default;
        if (
            timestamp is null
            || timestamp.Seconds < MinSeconds
            || timestamp.Seconds > MaxSeconds
            || timestamp.Nanos is < 0 or >= NanosPerSecond
        )
        {
            return false;
        }

        instant = DateTimeOffset.FromUnixTimeSeconds(timestamp.Seconds).AddMilliseconds(timestamp.Nanos / NanosPerMillisecond);
        text = Format(instant);
        return true;
    }
}
