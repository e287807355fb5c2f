using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What a network does, to one way at a time: between a client and the gateways, or between a gateway and a backend.</summary>
internal sealed class NetworkFaults(Fleet fleet, IReadOnlyList<Place> places, FaultLog log)
{
    private readonly Lock gate = new();
    private readonly HashSet<FaultProxy> taken = [];

    /// <summary>On the way of one client. Replays come and go, so who replays is hit more often than who is live: it comes out about even.</summary>
    public Task StrikeClientAsync(FaultKind kind, Random random, CancellationToken stop)
    {
        var wanted = random.Next(3) > 0 ? PlaceKind.Replayer : PlaceKind.Follower;
        var open = places.Where(place => place.Way.Open.Count > 0).ToList();
        var preferred = open.Where(place => place.Kind == wanted).ToList();
        return StrikeOneAsync(
            (preferred.Count > 0 ? preferred : open).ConvertAll(place => (place.Way, new[] { place.Name })),
            kind,
            random,
            stop
        );
    }

    /// <summary>On the way from a gateway to a backend.</summary>
    public Task StrikeUpstreamAsync(FaultKind kind, Random random, CancellationToken stop)
    {
        var ways = new List<(FaultProxy Way, string[] Places)>();
        foreach (var gateway in fleet.Gateways)
        {
            var names = places.Where(place => place.IsOn(gateway.Process.Address)).ToList();
            var followers = names.Where(place => place.Kind == PlaceKind.Follower).Select(place => place.Name).ToArray();

            // Histories that take their time come from the first alone.
            ways.Add((gateway.Clock, [.. names.Select(place => place.Name)]));
            ways.Add((gateway.Clock, [.. names.Select(place => place.Name)]));
            ways.Add((gateway.Stored, followers));
            ways.Add((gateway.Forgetful, followers));
        }

        return StrikeOneAsync(ways.FindAll(way => way.Way.Open.Count > 0), kind, random, stop);
    }

    private async Task StrikeOneAsync(List<(FaultProxy Way, string[] Places)> ways, FaultKind kind, Random random, CancellationToken stop)
    {
        var index = random.Next();
        (FaultProxy Way, string[] Places) chosen;
        lock (gate)
        {
            ways.RemoveAll(way => taken.Contains(way.Way));
            if (ways.Count == 0)
            {
                return;
            }

            chosen = ways[index % ways.Count];
            taken.Add(chosen.Way);
        }

        try
        {
            var at = FaultLog.Now;
            var effect = await StrikeAsync(chosen.Way, kind, random, stop);
            log.Write(new FaultRecord(at, kind, chosen.Way.Name, effect, chosen.Places));
        }
        finally
        {
            lock (gate)
            {
                taken.Remove(chosen.Way);
            }
        }
    }

    /// <returns>How many connections broke or stalled.</returns>
    private static async Task<int> StrikeAsync(FaultProxy way, FaultKind kind, Random random, CancellationToken stop)
    {
        if (kind is FaultKind.Cut or FaultKind.Reset)
        {
            return way.BreakAll(reset: kind == FaultKind.Reset);
        }

        var felt = way.Felt;
        var (fault, lanes) = Design(way, kind, random);
        foreach (var lane in lanes)
        {
            lane.Begin(fault);
        }

        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(700, kind == FaultKind.ResetAfterBytes ? 1200 : 3500)), stop);
        }
        catch (OperationCanceledException)
        {
            // The run is over, and so is the fault.
        }

        foreach (var lane in lanes)
        {
            lane.End();
        }

        // Who waited for a pause to end says so now.
        await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        return Math.Min(way.Felt - felt, Math.Max(1, way.Sockets));
    }

    private static (Func<Conditions, Conditions> Fault, Lane[] Lanes) Design(FaultProxy way, FaultKind kind, Random random)
    {
        var delay = TimeSpan.FromMilliseconds(random.Next(20, 300));
        var rate = random.Next(5_000, 60_000);
        var bytes = random.Next(1, 60_000);
        Lane[] both = [way.Up, way.Down];
        Lane[] one = [both[random.Next(2)]];
        return kind switch
        {
            FaultKind.Delay => (usual => usual with { Delay = delay, Jitter = delay }, both),
            FaultKind.Throttle => (usual => usual with { BytesPerSecond = rate }, [way.Down]),
            FaultKind.BlackHole => (usual => usual with { IsBlackHole = true }, both),
            FaultKind.BlackHoleOneWay => (usual => usual with { IsBlackHole = true }, one),
            FaultKind.PauseReads => (usual => usual with { IsPaused = true }, [way.Down]),
            FaultKind.ResetAfterBytes => (usual => usual with { ResetAfterBytes = bytes }, [way.Down]),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a network's."),
        };
    }
}
