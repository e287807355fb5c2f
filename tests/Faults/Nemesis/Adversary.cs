namespace OptimizationGateway.Faults.Nemesis;

/// <summary>
/// Makes faults for a time, in lanes that run side by side, so that one meets the other: gateways, backends, the network on both sides.
/// All that is decided at random comes from the seed. What the run owes is drawn first, and waits for the moment that it owes.
/// </summary>
internal sealed class Adversary(NetworkFaults network, ProgramFaults programs, Debts debts, int seed)
{
    private const int ClientLanes = 3;

    public async Task RunAsync(CancellationToken stop)
    {
        var lanes = new List<Task> { GatewaysAsync(new Random(seed ^ 1), stop), BackendsAsync(new Random(seed ^ 2), stop) };
        lanes.Add(NetworkAsync(network.StrikeUpstreamAsync, new Random(seed ^ 3), stop));
        for (var lane = 0; lane < ClientLanes; lane++)
        {
            lanes.Add(NetworkAsync(network.StrikeClientAsync, new Random(seed ^ (4 + lane)), stop));
        }

        await Task.WhenAll(lanes);
    }

    private bool IsOwed(FaultKind kind) => debts.Of(kind) != Owed.Nothing;

    private static async Task RestAsync(int least, int most, Random random, CancellationToken stop)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(least, most)), stop);
        }
        catch (OperationCanceledException)
        {
            // The lane looks.
        }
    }

    private async Task NetworkAsync(Func<FaultKind, Random, CancellationToken, Task> strikeAsync, Random random, CancellationToken stop)
    {
        var deck = new Deck<FaultKind>(random, [.. FaultKinds.Network]);
        while (!stop.IsCancellationRequested)
        {
            await strikeAsync(deck.Deal(IsOwed), random, stop);
            await RestAsync(200, 1200, random, stop);
        }
    }

    private async Task GatewaysAsync(Random random, CancellationToken stop)
    {
        var deck = new Deck<FaultKind>(
            random,
            FaultKind.KillGateway,
            FaultKind.KillGateway,
            FaultKind.KillGateway,
            FaultKind.TerminateGateway,
            FaultKind.FreezeGateway,
            FaultKind.Hop
        );
        while (!stop.IsCancellationRequested)
        {
            var kind = deck.Deal(IsOwed);
            await (kind == FaultKind.Hop ? programs.HopAsync(random) : programs.StrikeGatewayAsync(kind, random, stop));
            await RestAsync(300, 1500, random, stop);
        }
    }

    private async Task BackendsAsync(Random random, CancellationToken stop)
    {
        var deck = new Deck<FaultKind>(
            random,
            FaultKind.KillBackend,
            FaultKind.KillBackend,
            FaultKind.KillBackend,
            FaultKind.KillBackend,
            FaultKind.KillBackend,
            FaultKind.TerminateBackend,
            FaultKind.FreezeBackend,
            FaultKind.RollingRestart,
            FaultKind.NewLog
        );
        while (!stop.IsCancellationRequested)
        {
            await programs.StrikeBackendAsync(deck.Deal(IsOwed), random, stop);
            await RestAsync(300, 1500, random, stop);
        }
    }
}
