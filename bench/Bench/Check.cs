namespace OptimizationGateway.Bench;

/// <summary>A look at whether the benchmark still works: a few thousand events through the gateway and a peer, complete and in order.</summary>
internal static class Check
{
    private const int Events = 2_000;

    public static async Task<int> RunAsync(BenchOptions options, string root)
    {
        var tiny = Workload.All[0] with { Events = Events };
        var results = new BenchResults(Machine.Look(root), 1, IsQuick: true, [], []);
        await new Runner(options with { Workloads = [tiny], Rounds = 1 }, root).RunAsync(results, _ => { });
        var workload = results.Workloads[0];
        var isWhole = workload.Faults.Count == 0 && workload.Targets.Count == options.Targets.Count;
        Console.WriteLine(isWhole ? $"ok: {Events} events came through each, complete and in order" : "NOT ok, as said above");
        return isWhole ? 0 : 1;
    }
}
