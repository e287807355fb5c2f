namespace OptimizationGateway.Memory;

/// <summary>What a process occupies; memory in bytes.</summary>
/// <param name="Heap">What is alive on the managed heap.</param>
/// <param name="Resident">What the system counts as its own.</param>
/// <param name="Connections">How many WebSockets it has.</param>
/// <param name="Queued">What waits in its outboxes.</param>
/// <param name="Shared">What the rings of shared streams hold.</param>
/// <param name="Exceptions">How many exceptions were thrown since it started, caught ones too.</param>
/// <param name="Files">How many descriptors it has open.</param>
/// <param name="Threads">How many threads it has.</param>
internal sealed record Footprint(
    long Heap,
    long Resident,
    long Connections,
    long Queued,
    long Shared,
    long Exceptions,
    int Files,
    int Threads
)
{
    public override string ToString() =>
        $"heap {Heap / 1e6:F1} MB, RSS {Resident / 1e6:F1} MB, {Files} descriptors, {Threads} threads, {Exceptions} exceptions";
}
