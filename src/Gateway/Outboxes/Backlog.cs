using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The burden of one client.</summary>
/// <param name="Bytes">
/// The memory that is free once it is gone, in bytes: of its connection, its subscriptions, and what waits in its lanes. What their sources have
/// is others' too.
/// </param>
/// <param name="OldestReadAt">The time the oldest of its events was read, as the clock's timestamp; 0 if none waits.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Backlog(long Bytes, long OldestReadAt);
