using System.Diagnostics;

namespace OptimizationGateway.Bench;

/// <summary>Runs workloads with all programs in turn, round by round, so that a slow minute of the machine hits all alike.</summary>
internal sealed class Runner(BenchOptions options, string root)
{
    private readonly string load = Target.Program(root, "bench/Load", "Load");
    private readonly List<string> skipped = [];

    public async Task<BenchResults> RunAsync(Action<BenchResults> save)
    {
        var targets = Targets();
        var results = new BenchResults(Machine.Look(root), options.Rounds, options.IsQuick, skipped, []);
        var port = Child.FreePort();
        await using var backend = await Child.StartCommandedAsync("the load backend", "dotnet", load, "backend", $"{port}");
        await using var client = await Child.StartCommandedAsync("the load client", "dotnet", load, "client");
        foreach (var workload in options.Workloads.Select(workload => options.IsQuick ? workload.Quick() : workload))
        {
            var result = new WorkloadResult(workload.Name, workload.Title, [], []);
            results.Workloads.Add(result);
            Console.WriteLine($"== {workload.Name}: {workload.Title}");
            if (workload.Descriptors > Machine.Descriptors)
            {
                Fail(
                    result,
                    $"skipped: it needs {workload.Descriptors} open files, and {Machine.Descriptors} are allowed. Raise `ulimit -n`, then run it again."
                );
                continue;
            }

            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var target in targets.Where(target => target.Serves(workload)))
                {
                    var measurement = new Measurement(workload, target, backend, $"http://127.0.0.1:{port}", client);
                    await RunOnceAsync(measurement, target, result, round);
                }
            }

            save(results);
        }

        return results;
    }

    private static async Task RunOnceAsync(Measurement measurement, Target target, WorkloadResult result, int round)
    {
        try
        {
            var figures = await measurement.RunAsync();
            var runs = result.Targets.Find(t => t.Target == target.Name);
            if (runs is null)
            {
                runs = new TargetResult(target.Name, target.Kind, []);
                result.Targets.Add(runs);
            }

            runs.Runs.Add(figures);
            Console.WriteLine($"   {round} {target.Name, -15} {Report.Line(figures)}");
        }
        catch (Exception fault) when (fault is BenchException or IOException)
        {
            Fail(result, $"{target.Name}, round {round}: {fault.Message}");
        }
    }

    private static void Fail(WorkloadResult result, string fault)
    {
        result.Faults.Add(fault);
        Console.WriteLine($"   {fault}");
    }

    private List<Target> Targets()
    {
        var all = Target.All(root, options.GatewayArguments, options.Other);
        if (options.Targets.FirstOrDefault(name => !all.Any(target => target.Name == name)) is { } unknown)
        {
            throw new BenchException($"There is no target '{unknown}'. There are: {string.Join(", ", all.Select(target => target.Name))}");
        }

        return [.. all.Where(target => options.Targets.Count == 0 || options.Targets.Contains(target.Name)).Where(IsBuilt)];
    }

    /// <summary>Builds a peer that isn't .NET's. What can't be built here is skipped.</summary>
    private bool IsBuilt(Target target)
    {
        if (target.Build is not { } build)
        {
            return true;
        }

        try
        {
            var start = new ProcessStartInfo(build[0], build[1..])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 || Skip(target, said.Split('\n')[^1]);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return Skip(target, error.Message);
        }
    }

    private bool Skip(Target target, string reason)
    {
        skipped.Add($"{target.Name}: {reason}");
        Console.WriteLine($"{target.Name} is skipped: {reason}");
        return false;
    }
}
