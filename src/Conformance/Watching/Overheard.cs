namespace OptimizationGateway.Conformance.Watching;

/// <summary>Collects breaches on any watch, whatever rule it was opened for.</summary>
internal sealed class Overheard
{
    private string? heartbeatAhead;

    /// <summary>The first heartbeat that named what its stream hadn't sent, in words; null: none did.</summary>
    public string? HeartbeatAhead => Volatile.Read(ref heartbeatAhead);

    public void Listen(Story story)
    {
        if (story.HeartbeatAhead is { } ahead)
        {
            Interlocked.CompareExchange(ref heartbeatAhead, ahead, comparand: null);
        }
    }
}
