using System.Globalization;

namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// The cursor of the Durable Streams protocol, section 10.1: it changes as time goes by, so that no cache answers a client with the same
/// answer for ever. It is no position.
/// </summary>
internal static class StreamCursor
{
    private const int IntervalSeconds = 20;
    private const int MostJitterSeconds = 3600;

    private static readonly DateTimeOffset Epoch = new(2024, 10, 9, 0, 0, 0, TimeSpan.Zero);

    /// <param name="now">The time.</param>
    /// <param name="sent">The cursor that the client sent; null if none.</param>
    /// <returns>A cursor that is greater than the client's.</returns>
    public static string After(DateTimeOffset now, string? sent)
    {
        var present = (now - Epoch).Ticks / TimeSpan.FromSeconds(IntervalSeconds).Ticks;
        var isLong = long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var known);
        var jitter = Random.Shared.Next(1, (MostJitterSeconds / IntervalSeconds) + 1);
        var next = isLong && known >= present && known < long.MaxValue - jitter ? known + jitter : present;
        return next.ToString(CultureInfo.InvariantCulture);
    }
}
