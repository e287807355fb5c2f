using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>The bounds of what waits for one client, and the count of what waits for all.</summary>
/// <param name="LaneBytes">The most that a lane may hold, in bytes.</param>
/// <param name="ControlBytes">The most that answers may hold, in bytes.</param>
/// <param name="Bytes">The most that all lanes may hold, in bytes.</param>
/// <param name="Held">The memory of all clients.</param>
internal sealed record OutboxLimits(int LaneBytes, int ControlBytes, int Bytes, HeldMemory Held)
{
    /// <summary>True if memory is so short that little may wait.</summary>
    public bool IsShort => Held.Pressure >= Pressure.HoldBack;

    /// <summary>The most that a lane may hold at present, in bytes.</summary>
    public int LaneNow => Now(LaneBytes);

    /// <summary>The most that all lanes may hold at present, in bytes.</summary>
    public int BytesNow => Now(Bytes);

    private int Now(int bytes) => IsShort ? Math.Min(bytes, MemoryPlan.LeastPerSubscription) : bytes;
}
