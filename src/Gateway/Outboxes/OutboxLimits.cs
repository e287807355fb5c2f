using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The bounds of what waits for one client, and the count of what waits for all.</summary>
/// <param name="LaneBytes">The most that a lane may hold, in bytes.</param>
/// <param name="ControlBytes">The most that answers may hold, in bytes.</param>
/// <param name="Bytes">The most that all lanes may hold, in bytes.</param>
/// <param name="WindowBytes">The memory that a stream takes while its producer waits for room, in bytes.</param>
/// <param name="Held">The memory of all clients.</param>
internal sealed record OutboxLimits(int LaneBytes, int ControlBytes, int Bytes, int WindowBytes, HeldMemory Held)
{
    /// <summary>The most that a lane may hold at present, in bytes.</summary>
    public int LaneNow => Held.Pressure < Pressure.HoldBack ? LaneBytes : Math.Min(LaneBytes, MemoryPlan.LeastPerSubscription);
}
