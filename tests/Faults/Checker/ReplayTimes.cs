namespace OptimizationGateway.Faults.Checker;

/// <summary>When which place was being sent history: what tells a fault during a replay from one while all was live.</summary>
internal sealed class ReplayTimes
{
    private readonly Dictionary<string, List<(long From, long To)>> times = [];

    public void Add(string client, long from, long to)
    {
        var place = client.Split('#')[0];
        if (!times.TryGetValue(place, out var known))
        {
            times[place] = known = [];
        }

        known.Add((from, to));
    }

    public bool WasReplaying(string place, long at) =>
        times.TryGetValue(place, out var known) && known.Exists(time => time.From <= at && at <= time.To);
}
