using System.Globalization;

namespace OptimizationGateway.Gateway.Listening;

/// <summary>
/// How many files and sockets the process may have open, and what of it connections must leave: .NET ends the process ("Out of memory.") where
/// it can't get a descriptor for a thread of its own, and backends have to be reached too.
/// </summary>
/// <param name="limit">How many there may be.</param>
internal sealed class Descriptors(long limit)
{
    private const int Reserve = 32;

    /// <summary>What this process may have; where that isn't known, as if there were no limit.</summary>
    public static Descriptors OfThisProcess()
    {
        const string Limits = "/proc/self/limits";
        const string Line = "Max open files";
        if (!File.Exists(Limits))
        {
            return new Descriptors(long.MaxValue);
        }

        var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) ?? "";
        var soft = line[Math.Min(Line.Length, line.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return new Descriptors(long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue);
    }

    /// <summary>Whether only the reserve is left.</summary>
    /// <param name="newest">The one that was opened last. The kernel gives the lowest number that is free, so all below are in use.</param>
    public bool AreScarce(nint newest) => newest >= limit - Reserve;

    /// <summary>Whether only the reserve is left now.</summary>
    public bool AreScarce()
    {
        try
        {
            using var probe = File.OpenHandle("/dev/null");
            return AreScarce(probe.DangerousGetHandle());
        }
        catch (IOException)
        {
            return true;
        }
    }
}
