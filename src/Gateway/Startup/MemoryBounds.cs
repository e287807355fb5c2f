using System.Globalization;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The memory that this process may use for its clients, and what that allows.</summary>
internal static class MemoryBounds
{
    private const long Mebi = 1024 * 1024;

    /// <summary>Up to this the heap is named as the cause, in bytes: a container of 256 MiB has it.</summary>
    private const long SmallHeap = 141 * Mebi;

    /// <summary>
    /// The most that the process's heap may take: a limit set for the heap, or 55 % of a container's or the machine's memory, as
    /// runtimeconfig.template.json says. Compiled code, threads, and sockets in the kernel take some 80 MiB besides, which at .NET's own 75 % was
    /// too much for a container of 256 MiB.
    /// </summary>
    private static long Heap => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public static MemoryPlan Of(SessionLimits limits) =>
        MemoryPlan.Of(Heap, limits.MemoryBytes, limits.OutboxBytesPerConnection, limits.OutboxBytesPerSubscription);

    /// <summary>Returns the limits of streams, with windows that fit.</summary>
    public static UpstreamOptions Upstream(GatewayOptions options) =>
        options.Upstream with
        {
            StreamWindowBytes = Of(options.Limits).WindowBytes(options.Upstream.StreamWindowBytes),
        };

    /// <summary>Says what the bounds allow, for people.</summary>
    public static IEnumerable<string> Lines(SessionLimits limits)
    {
        var plan = Of(limits);
        var source = limits.MemoryBytes is not null ? "as set" : Invariant($"of a heap of {Heap / Mebi} MiB");
        yield return Invariant($"{plan.LimitBytes / Mebi} MiB for clients, {source} (Gateway:Limits:MemoryBytes)");
        yield return Invariant(
            $"about {Math.Min(plan.IdleConnections, limits.Connections)} connections that are up to date, or {plan.SlowReaders} readers that take nothing"
        );
    }

    /// <summary>Finds what doesn't fit.</summary>
    /// <returns>A text for each.</returns>
    public static IEnumerable<string> Warnings(SessionLimits limits)
    {
        var plan = Of(limits);
        if (limits.MemoryBytes > Heap * 3 / 4)
        {
            yield return Invariant(
                $"Gateway:Limits:MemoryBytes is {limits.MemoryBytes}, but the process's heap may have {Heap}, and it needs some for itself. Lower it, or leave it out: then it is {MemoryPlan.Of(Heap, setBytes: null, limits.OutboxBytesPerConnection, limits.OutboxBytesPerSubscription).LimitBytes}."
            );
        }

        if (plan.SubscriptionBytes < limits.OutboxBytesPerSubscription)
        {
            yield return Invariant(
                $"The memory is small{(Heap <= SmallHeap ? $" (a heap of {Heap / Mebi} MiB)" : "")}: for each subscription {plan.SubscriptionBytes / 1024} KiB may wait instead of {limits.OutboxBytesPerSubscription / 1024} KiB, and for each connection {plan.ConnectionBytes / 1024} KiB. Raise the memory limit of the container or DOTNET_GCHeapHardLimit for more."
            );
        }

        if (plan.IdleConnections < limits.Connections)
        {
            yield return Invariant(
                $"Gateway:Limits:Connections is {limits.Connections}, but the memory for clients ({plan.LimitBytes / Mebi} MiB) is enough for about {plan.IdleConnections}: beyond that newcomers get 503 memory_low. Raise the memory, or lower Connections."
            );
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
