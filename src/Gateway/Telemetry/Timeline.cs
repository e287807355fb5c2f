namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>
/// The newest events of one connection's life, for an operator who asks why a viewer missed something. It is kept only if the inspector
/// is on, and has no entries for single job events.
/// </summary>
internal sealed class Timeline(TimeProvider time)
{
    /// <summary>The most entries: enough for a client of a few jobs through a few outages.</summary>
    public const int Capacity = 100;

    private readonly Lock gate = new();
    private readonly LinkedList<TimelineEntry> entries = new();
    private long dropped;

    /// <summary>The entries, oldest first, and the number of older ones that were dropped.</summary>
    public (IReadOnlyList<TimelineEntry> Entries, long Dropped) Read()
    {
        lock (gate)
        {
            return ([.. entries], dropped);
        }
    }

    /// <param name="kind">The kind of event.</param>
    /// <param name="jobId">The job; null for the whole connection.</param>
    /// <param name="code">A code of a closed set; nothing that a client or a backend wrote.</param>
    /// <param name="eventId">The event it is about.</param>
    public void Add(TimelineEntryKind kind, string? jobId = null, string? code = null, long? eventId = null)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            // While a backend is away every attempt fails: together they are one entry.
            var same = LastOf(jobId);
            if (same?.Value is { } before && before.Kind == kind && before.Code == code && before.EventId == eventId)
            {
                same.Value = before with { LastAt = now, Times = before.Times + 1 };
                return;
            }

            entries.AddLast(new TimelineEntry(kind, now, now, Times: 1, jobId, code, eventId));
            if (entries.Count > Capacity)
            {
                entries.RemoveFirst();
                dropped++;
            }
        }
    }

    private LinkedListNode<TimelineEntry>? LastOf(string? jobId)
    {
        var node = entries.Last;
        while (node is not null && node.Value.JobId != jobId)
        {
            node = node.Previous;
        }

        return node;
    }
}
