using System.Diagnostics;

namespace OptimizationGateway.Load;

/// <summary>The monotonic clock that all processes of one machine share.</summary>
internal static class Moment
{
    /// <summary>Microseconds since the machine started.</summary>
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
}
