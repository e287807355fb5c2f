using System.Text.Json.Serialization;

namespace OptimizationGateway.Faults.Checker;

/// <summary>One job's log under one epoch, as its backend tells it when asked directly. Ids have no gaps.</summary>
internal sealed class BackendLog
{
    private const int TakenFor = 2;
    private readonly Dictionary<long, uint> learnt = [];
    private readonly List<byte> readers = [];

    public required string Job { get; init; }

    public required string Epoch { get; init; }

    /// <summary>The id of the first sum.</summary>
    public long First { get; init; } = 1;

    /// <summary>Whether the last event is a terminal one.</summary>
    public bool IsEnded { get; init; }

    /// <summary>Whether it has all that was ever sent: no event was cut off, and none came after it was asked.</summary>
    public bool IsWhole { get; init; }

    public required uint[] Sums { get; init; }

    [JsonIgnore]
    public long Latest => First + Sums.Length - 1;

    /// <summary>How many events were told, each counted once, to two clients at least.</summary>
    [JsonIgnore]
    public int Distinct => readers.Count(count => count >= TakenFor);

    /// <summary>Whether this event, as a client got it, is the one that the log has; where the log is cut, the one that others got.</summary>
    public bool Has(long id, uint sum)
    {
        if (id >= First && id <= Latest)
        {
            return Sums[id - First] == sum;
        }

        return !IsWhole && (learnt.TryAdd(id, sum) || learnt[id] == sum);
    }

    /// <summary>Another logical client has this event.</summary>
    public void Count(long id)
    {
        while (readers.Count <= id)
        {
            readers.Add(0);
        }

        readers[(int)id] = (byte)Math.Min(readers[(int)id] + 1, TakenFor);
    }
}
