namespace OptimizationGateway.Memory;

/// <summary>What a process occupies, in bytes.</summary>
/// <param name="Heap">What is alive on the managed heap, after a forced collection.</param>
/// <param name="Resident">What the system counts as its own, after that collection.</param>
/// <param name="Connections">How many WebSockets it has.</param>
/// <param name="Queued">What waits in its outboxes.</param>
internal sealed record Footprint(long Heap, long Resident, long Connections, long Queued)
{
    public override string ToString() => $"heap {Heap / 1e6:F1} MB, RSS {Resident / 1e6:F1} MB";
}
