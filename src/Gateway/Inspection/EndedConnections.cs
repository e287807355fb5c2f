using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Remembers the connections that ended last. Without an inspector it remembers none. Connections that were refused for their token can fill a
/// quarter of the places while there are others: strangers can make any number of them.
/// </summary>
internal sealed class EndedConnections(InspectorOptions options, TimeProvider time)
{
    private const int RefusedPart = 4;

    private readonly int most = options.IsOn ? options.EndedConnections : 0;
    private readonly Lock gate = new();
    private readonly List<ConnectionDetail> kept = [];
    private int refused;

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
            return [.. kept.AsEnumerable().Reverse()];
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
            kept.Add(detail);
            refused += IsRefused(detail) ? 1 : 0;
            if (kept.Count > most)
            {
                ForgetOne();
            }
        }
    }

    private void ForgetOne()
    {
        var index = refused > most / RefusedPart ? kept.FindIndex(IsRefused) : 0;
        refused -= IsRefused(kept[index]) ? 1 : 0;
        kept.RemoveAt(index);
    }

    private static bool IsRefused(ConnectionDetail ended) => ended.End?.Reason == nameof(SessionEndReason.Refused);
}
