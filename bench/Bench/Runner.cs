using System.Diagnostics;

namespace OptimizationGateway.Bench;

/// <summary>Runs workloads with all programs in turn, round by round, so that a slow minute of the machine hits all alike.</summary>
internal sealed class Runner(BenchOptions options, string root)
{
    private readonly string load = Target.Program(root, "bench/Load", "Load");

    public async Task RunAsync(BenchResults results, Action<BenchResults> save)
    {
        if (options.Workloads.Count == 0)
        {
            return;
        }

        var targets = Targets(results);
        var port = Child.FreePort();
        await using var backend = await Child.StartCommandedAsync("the load backend", "dotnet", load, "backend", $"{port}");
        await using var client = await Child.StartCommandedAsync("the load client", "dotnet", load, "client");
        foreach (var workload in options.Workloads.Select(workload => options.IsQuick ? workload.Quick() : workload))
        {
            var result = results.Begin(workload.Name, workload.Title);
            if (workload.Descriptors > Machine.Descriptors)
            {
                result.Fail(
                    $"skipped: it needs {workload.Descriptors} open files, and {Machine.Descriptors} are allowed. Raise `ulimit -n`, then run it again."
                );
                continue;
            }

            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var target in targets.Where(target => target.Serves(workload)))
                {
                    var measurement = new Measurement(workload, target, backend, $"http://127.0.0.1:{port}", client);
                    await result.AddAsync(target.Name, target.Kind, round, measurement.RunAsync);
                }
            }

            save(results);
        }
    }

    private List<Target> Targets(BenchResults results) =>
        [
            .. Target
                .All(root, options.GatewayArguments, options.Other)
                .Where(target => options.Targets.Count == 0 || options.Targets.Contains(target.Name))
                .Where(target => IsBuilt(target, results)),
        ];

    /// <summary>Builds a peer that isn't .NET's. What can't be built here is skipped.</summary>
    private static bool IsBuilt(Target target, BenchResults results)
    {
        if (target.Build is not { } build)
        {
            return true;
        }

        string reason;
        try
        {
            var start = new ProcessStartInfo(build[0], build[1..])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            reason = process.StandardError.ReadToEnd().Trim().Split('\n')[^1];
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return true;
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            reason = error.Message;
        }

        results.Skip(target.Name, reason);
        return false;
    }
}
