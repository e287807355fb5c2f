namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>
/// What happened on one connection: the newest of it, for whoever wants to know why a viewer missed something. It is kept only where somebody
/// may ask, and nothing that happens with every event comes here.
/// </summary>
internal sealed class Timeline(TimeProvider time)
{
    /// <summary>How much is kept: enough for a client of a few jobs through a few outages.</summary>
    public const int Capacity = 100;

    private readonly Lock gate = new();
    private readonly LinkedList<Happening> happenings = new();
    private long dropped;

    /// <summary>What is kept, oldest first, and how much that was before isn't any more.</summary>
    public (IReadOnlyList<Happening> Happenings, long Dropped) Read()
    {
        lock (gate)
        {
            return ([.. happenings], dropped);
        }
    }

    /// <param name="kind">What happened.</param>
    /// <param name="jobId">To which job; null: to the whole connection.</param>
    /// <param name="code">A code of a closed set; nothing that a client or a backend wrote.</param>
    /// <param name="eventId">The event it is about.</param>
    public void Add(HappeningKind kind, string? jobId = null, string? code = null, long? eventId = null)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            // A backend that is away breaks every attempt: that is one thing, however long it takes.
            var same = LastOf(jobId);
            if (same?.Value is { } before && before.Kind == kind && before.Code == code && before.EventId == eventId)
            {
                same.Value = before with { LastAt = now, Times = before.Times + 1 };
                return;
            }

            happenings.AddLast(new Happening(kind, now, now, Times: 1, jobId, code, eventId));
            if (happenings.Count > Capacity)
            {
                happenings.RemoveFirst();
                dropped++;
            }
        }
    }

    private LinkedListNode<Happening>? LastOf(string? jobId)
    {
        var node = happenings.Last;
        while (node is not null && node.Value.JobId != jobId)
        {
            node = node.Previous;
        }

        return node;
    }
}
