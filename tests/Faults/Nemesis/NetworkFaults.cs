using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What a network does, to one way at a time: between a client and the gateways, or between a gateway and a backend.</summary>
internal sealed class NetworkFaults(Fleet fleet, IReadOnlyList<Place> places, FaultLog log, Debts debts)
{
    private readonly Lock gate = new();
    private readonly HashSet<FaultProxy> taken = [];

    /// <summary>On the way of one client. Replays come and go, so who replays is hit more often than who is live: it comes out about even.</summary>
    public Task StrikeClientAsync(FaultKind kind, Random random, CancellationToken stop)
    {
        var wanted = random.Next(3) > 0 ? PlaceKind.Replayer : PlaceKind.Follower;
        return StrikeOneAsync(Open, kind, random, stop);

        IEnumerable<Target> Open() =>
            places.Where(place => place.Way.Open.Count > 0).Select(place => new Target(place.Way, [place.Name], place.Kind == wanted));
    }

    /// <summary>On the way from a gateway to a backend.</summary>
    public Task StrikeUpstreamAsync(FaultKind kind, Random random, CancellationToken stop)
    {
        return StrikeOneAsync(Open, kind, random, stop);

        IEnumerable<Target> Open() => fleet.Gateways.SelectMany(WaysFrom).Where(target => target.Way.Open.Count > 0);
    }

    private IEnumerable<Target> WaysFrom(GatewayProgram gateway)
    {
        var served = places.Where(place => place.IsOn(gateway.Process.Address)).ToList();
        string[] all = [.. served.Select(place => place.Name)];
        string[] followers = [.. served.Where(place => place.Kind == PlaceKind.Follower).Select(place => place.Name)];

        // Histories that take their time come from the first alone.
        return [new(gateway.Clock, all), new(gateway.Clock, all), new(gateway.Stored, followers), new(gateway.Forgetful, followers)];
    }

    private async Task StrikeOneAsync(Func<IEnumerable<Target>> open, FaultKind kind, Random random, CancellationToken stop)
    {
        var index = random.Next();
        var owed = debts.Of(kind);
        Target? chosen = null;
        await debts.WaitAsync(() => (chosen = TryTake(open, owed, index)) is not null, stop);
        chosen ??= stop.IsCancellationRequested ? null : TryTake(open, Owed.Nothing, index);
        if (chosen is null)
        {
            return;
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

    /// <returns>Null if there is no way at present on which a fault would pay what is owed.</returns>
    private Target? TryTake(Func<IEnumerable<Target>> open, Owed owed, int index)
    {
        lock (gate)
        {
            var free = open().Where(target => !taken.Contains(target.Way) && debts.ArePaidBy(target.Places, owed)).ToList();
            var preferred = free.FindAll(target => target.IsPreferred);
            var from = preferred.Count > 0 ? preferred : free;
            if (from.Count == 0)
            {
                return null;
            }

            var chosen = from[index % from.Count];
            taken.Add(chosen.Way);
            return chosen;
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

    /// <summary>A way that can be struck, and the places on it.</summary>
    private sealed record Target(FaultProxy Way, string[] Places, bool IsPreferred = false);
}
