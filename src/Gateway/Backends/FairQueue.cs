using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Turns that wait, in a line for each client. The clients take turns, so that a client that wants much waits longer, and a newcomer waits for
/// one turn of each client at the most. A client that is behind loses its turn. Pure; an operation's time grows with the clients that are
/// behind, not with those that wait.
/// </summary>
internal sealed class FairQueue
{
    private readonly Dictionary<IStreamOwner, LinkedListNode<Line>> lines = new(ReferenceEqualityComparer.Instance);
    private readonly LinkedList<Line> ring = [];

    /// <summary>The number of turns that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a turn at the end of its client's line.</summary>
    public void Add(OpenTurn turn)
    {
        if (!lines.TryGetValue(turn.Client, out var line))
        {
            lines[turn.Client] = line = ring.AddLast(new Line(turn.Client));
        }

        turn.Node = line.Value.Turns.AddLast(turn);
        Count++;
    }

    /// <summary>Finds the next turn; sends the clients before it, who are behind, to the back.</summary>
    /// <returns>Null if all are behind.</returns>
    public OpenTurn? Next()
    {
        for (var left = ring.Count; left > 0; left--)
        {
            var line = ring.First!;
            if (!line.Value.Client.IsBehind)
            {
                return line.Value.Turns.First!.Value;
            }

            SendToTheBack(line);
        }

        return null;
    }

    /// <summary>Removes a turn that has come, and sends its client to the back.</summary>
    public void Take(OpenTurn turn)
    {
        SendToTheBack(lines[turn.Client]);
        Remove(turn);
    }

    /// <summary>Removes a turn that waits.</summary>
    public void Remove(OpenTurn turn)
    {
        var line = lines[turn.Client];
        line.Value.Turns.Remove(turn.Node!);
        turn.Node = null;
        Count--;
        if (line.Value.Turns.Count == 0)
        {
            ring.Remove(line);
            lines.Remove(turn.Client);
        }
    }

    private void SendToTheBack(LinkedListNode<Line> line)
    {
        ring.Remove(line);
        ring.AddLast(line);
    }

    private sealed record Line(IStreamOwner Client)
    {
        public LinkedList<OpenTurn> Turns { get; } = [];
    }
}
