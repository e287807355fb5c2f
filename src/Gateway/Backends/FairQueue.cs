namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Turns that wait, in a line for each client. The clients take turns, so that a client that wants much waits longer, and a newcomer waits for
/// one turn of each client at the most. Pure; every operation takes the same time, however many wait.
/// </summary>
internal sealed class FairQueue
{
    private readonly Dictionary<object, LinkedListNode<Line>> lines = new(ReferenceEqualityComparer.Instance);
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

    /// <summary>Removes the next turn, and sends its client to the back.</summary>
    /// <exception cref="InvalidOperationException">None waits.</exception>
    public OpenTurn Take()
    {
        var line = ring.First ?? throw new InvalidOperationException("No turn waits.");
        var turn = line.Value.Turns.First!.Value;
        ring.RemoveFirst();
        ring.AddLast(line);
        Remove(turn);
        return turn;
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

    private sealed record Line(object Client)
    {
        public LinkedList<OpenTurn> Turns { get; } = [];
    }
}
