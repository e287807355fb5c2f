using System.Numerics;

namespace OptimizationGateway.Load.Client;

/// <summary>A histogram of microseconds with buckets of at most 3 % width. Safe for use by several threads.</summary>
internal sealed class Latencies
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    private readonly long[] buckets = new long[40 * Steps];

    public long Count => buckets.Sum();

    public void Add(long microseconds) => Interlocked.Increment(ref buckets[Index(Math.Max(microseconds, 0))]);

    public void Clear() => Array.Clear(buckets);

    /// <returns>The lower bound of the bucket in which the quantile lies, in milliseconds; null without values.</returns>
    public double? Quantile(double quantile)
    {
        var left = (long)Math.Ceiling(Count * quantile);
        for (var i = 0; left > 0 && i < buckets.Length; i++)
        {
            left -= buckets[i];
            if (left <= 0)
            {
                return LowerBound(i) / 1000.0;
            }
        }

        return null;
    }

    private static int Index(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - StepBits);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static long LowerBound(int index)
    {
        var shift = Math.Max(0, (index / Steps) - 1);
        return (long)(index - (shift * Steps)) << shift;
    }
}
