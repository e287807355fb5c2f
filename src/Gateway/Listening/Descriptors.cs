using System.Globalization;

namespace OptimizationGateway.Gateway.Listening;

/// <summary>
/// The number of files and sockets that the process may have open, and the reserve that connections must leave. .NET ends the process
/// ("Out of memory.") if it can't get a descriptor for a thread of its own, and connections to backends need descriptors too.
/// </summary>
/// <param name="limit">The most that may be open.</param>
internal sealed class Descriptors(long limit)
{
    private const int Reserve = 32;

    /// <summary>Reads this process's limit. An unknown limit counts as none.</summary>
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

    /// <summary>Compares the limit with the connections that there may be.</summary>
    /// <returns>A text for people that says so and names the remedy; null if the limit suffices.</returns>
    public string? WhyTooFewFor(int connections) =>
        limit - Reserve >= connections
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Gateway:Limits:Connections is {connections}, but this process may open {limit} files and sockets (ulimit -n), and keeps {Reserve} of them for itself. Raise that limit (systemd: LimitNOFILE), or lower Connections: else newcomers wait without an answer instead of being refused."
            );

    /// <summary>True if only the reserve is left, as last measured.</summary>
    /// <param name="newest">The newest descriptor. The kernel gives the lowest number that is free, so all below are in use.</param>
    public bool AreScarce(nint newest) => newest >= limit - Reserve;

    /// <summary>Measures, and returns true if only the reserve is left.</summary>
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
