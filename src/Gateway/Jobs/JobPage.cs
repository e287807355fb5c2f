using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Jobs;

/// <summary>A page of all backends' jobs. Its bytes are counted until it is disposed.</summary>
internal sealed class JobPage(HeldMemory held) : IDisposable
{
    private long bytes;

    /// <summary>The jobs as JSON, those that changed last first.</summary>
    public List<ReadOnlyMemory<byte>> Jobs { get; } = [];

    /// <summary>The place of the next page; null on the last one.</summary>
    public PageToken? Next { get; set; }

    /// <summary>The backends whose jobs are missing, and why.</summary>
    public List<(string Backend, ErrorCode Code)> Missing { get; } = [];

    /// <summary>Counts more bytes that are held for it.</summary>
    public void Hold(int more)
    {
        Interlocked.Add(ref bytes, more);
        held.Add(more);
    }

    public void Dispose() => held.Add(-Interlocked.Exchange(ref bytes, 0));
}
