using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Remembers the connections that ended last. Without an inspector it remembers none.</summary>
internal sealed class EndedConnections(InspectorOptions options, TimeProvider time)
{
    private readonly int most = options.IsOn ? options.EndedConnections : 0;
    private readonly Lock gate = new();
    private readonly Queue<ConnectionDetail> kept = new();

    public int Count
    {
        get
        {
            lock (gate)
            {
                return kept.Count;
            }
        }
    }

    /// <summary>The remembered connections, the latest first.</summary>
    public IReadOnlyList<ConnectionDetail> Newest()
    {
        lock (gate)
        {
            return [.. kept.Reverse()];
        }
    }

    public ConnectionDetail? Find(string id)
    {
        lock (gate)
        {
            return kept.FirstOrDefault(ended => ended.Id == id);
        }
    }

    public void Add(Session session, SessionEnd end)
    {
        if (most == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        var how = new EndDetail(now, end.Reason.ToString(), end.CloseCode?.Status);
        var detail = ConnectionDetail.Of(session, how, new Snapshot([session], time), ConnectionDetail.MostKept, now);
        lock (gate)
        {
            kept.Enqueue(detail);
            if (kept.Count > most)
            {
                kept.Dequeue();
            }
        }
    }
}
