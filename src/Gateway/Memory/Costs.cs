namespace OptimizationGateway.Gateway.Memory;

/// <summary>
/// The memory of what can't be counted byte by byte, in bytes. <c>make bench</c> measured 23 KiB for a viewer of a shared job, with its
/// connection, and 61 KiB for one that has a job of its own. The others are estimates on the safe side.
/// </summary>
internal static class Costs
{
    /// <summary>An open connection to which nothing is being sent, with Kestrel's share.</summary>
    public const int Connection = 24 * 1024;

    /// <summary>A subscription, with its lane and its tasks, whether it has a stream of its own or shares one.</summary>
    public const int Subscription = 8 * 1024;

    /// <summary>A stream from a backend on which nothing waits, with the client library's share.</summary>
    public const int Stream = 40 * 1024;

    /// <summary>A write that the client doesn't take: Kestrel's buffer, and the frames that are gathered.</summary>
    public const int StuckWrite = 80 * 1024;
}
