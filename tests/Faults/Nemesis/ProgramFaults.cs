using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What happens to programs: killed, told to go, frozen, replaced.</summary>
internal sealed class ProgramFaults(Fleet fleet, IReadOnlyList<Place> places, FaultLog log, Func<Task> beforeNewLog)
{
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait for something that can break.</summary>
    private const int Glances = 20;

    public async Task StrikeGatewayAsync(FaultKind kind, Random random)
    {
        var gateway = fleet.Gateways[random.Next(fleet.Gateways.Count)];
        var address = gateway.Process.Address;
        await UntilAsync(() => places.Any(place => place.IsOn(address)));
        var met = places.Where(place => place.IsOn(address)).Select(place => place.Name).ToArray();
        Record(kind, gateway.Process.Name, met.Length + gateway.Backends.Sum(way => way.Open.Count), met);
        await StrikeAsync(kind, [gateway.Process], random);
    }

    public async Task StrikeBackendAsync(FaultKind kind, Random random)
    {
        if (kind == FaultKind.NewLog)
        {
            await NewLogAsync();
            return;
        }

        // The replica that serves most; now and then both, so that nobody answers at their name.
        await UntilAsync(() => fleet.Replicas.Any(replica => LinksTo(replica).Count > 0));
        var busiest = fleet.Replicas.OrderByDescending(replica => LinksTo(replica).Count).First();
        var victims = random.Next(4) switch
        {
            _ when kind == FaultKind.RollingRestart => fleet.Replicas,
            0 => [fleet.Stored],
            1 => fleet.Replicas,
            _ => [busiest],
        };
        var links = victims.Sum(victim => LinksTo(victim).Count);
        Record(kind, string.Join(" and ", victims.Select(victim => victim.Process.Name)), links, PlacesServedBy(victims));
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

    private static async Task UntilAsync(Func<bool> isWorthIt)
    {
        for (var glances = 0; glances < Glances && !isWorthIt(); glances++)
        {
            await Task.Delay(Glance);
        }
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
