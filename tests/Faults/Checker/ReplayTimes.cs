using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Checker;

/// <summary>
/// The times at which each place was being sent history, from the lines that its clients write: what tells a fault during a replay from
/// one while all was live. The adversary takes the lines as they are written, the checker when the run is over.
/// </summary>
internal sealed class ReplayTimes
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<(long From, long To)>> over = [];
    private readonly Dictionary<string, (long Since, HashSet<string> Jobs)> goingOn = [];

    /// <summary>Takes a line of a client's history. Lines that say nothing of a replay may be left out.</summary>
    public void Take(HistoryLine line)
    {
        lock (gate)
        {
            var isGoingOn = goingOn.TryGetValue(line.Client, out var replay);
            if (line is { What: HistoryKind.Subscribed, Job: { } started })
            {
                replay = isGoingOn ? replay : (line.At, []);
                replay.Jobs.Add(started);
                goingOn[line.Client] = replay;
            }
            else if (isGoingOn && Ends(line))
            {
                replay.Jobs.RemoveWhere(job => line.Job is null || job == line.Job);
                if (replay.Jobs.Count == 0)
                {
                    goingOn.Remove(line.Client);
                    Add(line.Client, replay.Since, line.At);
                }
            }
        }
    }

    public void Add(string client, long from, long to)
    {
        var place = PlaceOf(client);
        lock (gate)
        {
            if (!over.TryGetValue(place, out var known))
            {
                over[place] = known = [];
            }

            known.Add((from, to));
        }
    }

    public bool IsReplaying(string place)
    {
        lock (gate)
        {
            return goingOn.Keys.Any(client => PlaceOf(client) == place);
        }
    }

    public bool WasReplaying(string place, long at)
    {
        lock (gate)
        {
            return goingOn.Any(client => PlaceOf(client.Key) == place && client.Value.Since <= at)
                || (over.TryGetValue(place, out var known) && known.Exists(time => time.From <= at && at <= time.To));
        }
    }

    private static string PlaceOf(string client) => client.Split('#')[0];

    private static bool Ends(HistoryLine line) =>
        line.What switch
        {
            HistoryKind.Closed or HistoryKind.Unsubscribed => true,
            HistoryKind.Error => line.Reason != "kept",
            HistoryKind.Replay => line.More is false,
            _ => false,
        };
}
