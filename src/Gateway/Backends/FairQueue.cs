using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Turns that wait, in a line for each client. The clients take turns, so that a client that wants much waits longer, and a newcomer waits for
/// one turn of each client at the most. A client that is behind when its turn comes stands aside until it is looked at again. Pure; every
/// operation but that look takes the same time, however many wait.
/// </summary>
internal sealed class FairQueue
{
    private readonly Dictionary<IStreamOwner, LinkedListNode<Line>> lines = new(ReferenceEqualityComparer.Instance);
    private readonly LinkedList<Line> ring = [];
    private readonly LinkedList<Line> aside = [];

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

    /// <summary>Finds the next turn. The clients before it, who are behind, stand aside.</summary>
    /// <returns>Null if there is none.</returns>
    public OpenTurn? Next()
    {
        while (ring.First is { } line)
        {
            if (!line.Value.Client.IsBehind)
            {
                return line.Value.Turns.First!.Value;
            }

            Move(line, aside);
        }

        return null;
    }

    /// <summary>Has the clients that stood aside take turns again, if they aren't behind any more.</summary>
    public void LookAgain()
    {
        for (var line = aside.First; line is not null; )
        {
            var next = line.Next;
            if (!line.Value.Client.IsBehind)
            {
                Move(line, ring);
            }

            line = next;
        }
    }

    /// <summary>Removes a turn that has come, and sends its client to the back.</summary>
    public void Take(OpenTurn turn)
    {
        Move(lines[turn.Client], ring);
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
            line.List!.Remove(line);
            lines.Remove(turn.Client);
        }
    }

    private static void Move(LinkedListNode<Line> line, LinkedList<Line> to)
    {
        line.List!.Remove(line);
        to.AddLast(line);
    }

    private sealed record Line(IStreamOwner Client)
    {
        public LinkedList<OpenTurn> Turns { get; } = [];
    }
}
