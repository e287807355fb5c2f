using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The messages that wait for one client.</summary>
/// <param name="Bytes">The bytes that wait, in its lanes and in their sources.</param>
/// <param name="OldestReadAt">The time the oldest of its events was read, as the clock's timestamp; 0 if none waits.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Backlog(long Bytes, long OldestReadAt);
