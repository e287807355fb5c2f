using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What happens to programs: killed, told to go, frozen, replaced.</summary>
internal sealed class ProgramFaults(Fleet fleet, IReadOnlyList<Place> places, FaultLog log, Debts debts, Func<Task> beforeNewLog)
{
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(8);

    public async Task StrikeGatewayAsync(FaultKind kind, Random random, CancellationToken stop)
    {
        var drawn = fleet.Gateways[random.Next(fleet.Gateways.Count)];
        var owed = debts.Of(kind);
        await debts.WaitAsync(() => fleet.Gateways.Any(IsRight), stop);
        var gateway = fleet.Gateways.OrderByDescending(IsRight).ThenByDescending(each => each == drawn).First();
        var met = PlacesOn(gateway);
        Record(kind, gateway.Process.Name, met.Length + gateway.Backends.Sum(way => way.Open.Count), met);
        await StrikeAsync(kind, [gateway.Process], random);

        bool IsRight(GatewayProgram each) => PlacesOn(each) is { Length: > 0 } names && debts.ArePaidBy(names, owed);
    }

    public async Task StrikeBackendAsync(FaultKind kind, Random random, CancellationToken stop)
    {
        if (kind == FaultKind.NewLog)
        {
            await NewLogAsync();
            return;
        }

        var drawn = random.Next(4);
        var owed = debts.Of(kind);
        await debts.WaitAsync(() => Links(Victims()) > 0 && debts.ArePaidBy(PlacesServedBy(Victims()), owed), stop);
        var victims = Victims();
        Record(kind, string.Join(" and ", victims.Select(victim => victim.Process.Name)), Links(victims), PlacesServedBy(victims));
        if (kind == FaultKind.RollingRestart)
        {
            foreach (var victim in victims)
            {
                await StrikeAsync(kind, [victim.Process], random);
            }
        }
        else
        {
            await StrikeAsync(kind, [.. victims.Select(victim => victim.Process)], random);
        }

        int Links(IEnumerable<StubProgram> stubs) => stubs.Sum(stub => LinksTo(stub).Count);

        // The replica that serves most; now and then both, so that nobody answers at their name.
        IReadOnlyList<StubProgram> Victims() =>
            drawn switch
            {
                _ when kind == FaultKind.RollingRestart => fleet.Replicas,
                0 => [fleet.Stored],
                1 => fleet.Replicas,
                _ => [fleet.Replicas.OrderByDescending(replica => LinksTo(replica).Count).First()],
            };
    }

    /// <summary>A client is told by its own load balancer to go elsewhere: cut, and the next connection goes to the other gateway.</summary>
    public async Task HopAsync(Random random)
    {
        var open = places.Where(place => place.Way.Open.Count > 0).ToList();
        if (open.Count == 0)
        {
            return;
        }

        var place = open[random.Next(open.Count)];
        var others = fleet.Gateways.Select(gateway => gateway.Process.Address).Where(address => !place.IsOn(address)).ToArray();
        place.Way.AimAt(others);
        Record(FaultKind.Hop, place.Name, place.Way.BreakAll(reset: false), [place.Name]);
        await Task.Delay(TimeSpan.FromSeconds(1));
        place.Way.AimAt([.. fleet.Gateways.Select(gateway => gateway.Process.Address)]);
    }

    private static async Task StrikeAsync(FaultKind kind, IReadOnlyList<ChildProgram> programs, Random random)
    {
        var away = TimeSpan.FromMilliseconds(random.Next(0, 800));
        switch (kind)
        {
            case FaultKind.KillGateway or FaultKind.KillBackend:
                await Task.WhenAll(programs.Select(program => program.KillAsync()));
                break;
            case FaultKind.TerminateGateway or FaultKind.TerminateBackend or FaultKind.RollingRestart:
                await Task.WhenAll(programs.Select(program => program.TerminateAsync(GoodbyeLimit)));
                break;
            case FaultKind.FreezeGateway or FaultKind.FreezeBackend:
                foreach (var program in programs)
                {
                    program.Freeze();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 4000)));
                foreach (var program in programs)
                {
                    program.Thaw();
                }

                return;
        }

        await Task.Delay(kind == FaultKind.RollingRestart ? TimeSpan.Zero : away);
        await Task.WhenAll(programs.Select(program => program.StartAsync()));
    }

    private async Task NewLogAsync()
    {
        var stub = fleet.Forgetful;
        await beforeNewLog();
        Record(FaultKind.NewLog, stub.Process.Name, LinksTo(stub).Count, PlacesServedBy([stub]));
        await stub.Process.KillAsync();
        Directory.Delete(stub.Data, recursive: true);
        await stub.Process.StartAsync();
    }

    private string[] PlacesOn(GatewayProgram gateway) =>
        [.. places.Where(place => place.IsOn(gateway.Process.Address)).Select(place => place.Name)];

    private List<Link> LinksTo(StubProgram stub) =>
        [.. fleet.Upstream.SelectMany(way => way.Open).Where(link => link.Target.Equals(stub.Process.Address))];

    /// <summary>Who has a stream of these backends on his way. Only the replicas have histories that take their time.</summary>
    private string[] PlacesServedBy(IReadOnlyList<StubProgram> stubs)
    {
        var areReplicas = stubs.Any(stub => fleet.Replicas.Contains(stub));
        var gateways = fleet
            .Gateways.Where(gateway =>
                gateway.Backends.Any(way => way.Open.Any(link => stubs.Any(stub => stub.Process.Address.Equals(link.Target))))
            )
            .ToList();
        return
        [
            .. places
                .Where(place => areReplicas || place.Kind == PlaceKind.Follower)
                .Where(place => gateways.Exists(gateway => place.IsOn(gateway.Process.Address)))
                .Select(place => place.Name),
        ];
    }

    private void Record(FaultKind kind, string to, int effect, string[] met) =>
        log.Write(new FaultRecord(FaultLog.Now, kind, to, effect, met));
}
