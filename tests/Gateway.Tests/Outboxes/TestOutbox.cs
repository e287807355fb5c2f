using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Tests.Outboxes;

/// <summary>Creates outboxes.</summary>
internal static class TestOutbox
{
    public static Outbox New(int laneBytes, int controlBytes, int bytes = int.MaxValue, HeldMemory? held = null) =>
        new(new OutboxLimits(laneBytes, controlBytes, bytes, held ?? HeldMemory.Plenty));
}
