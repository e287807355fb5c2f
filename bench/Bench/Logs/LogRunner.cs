using Npgsql;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.Bench.Logs;

/// <summary>Runs workloads with log servers on all engines in turn, round by round.</summary>
internal sealed class LogRunner(BenchOptions options, string root)
{
    public async Task RunAsync(BenchResults results, Action<BenchResults> save)
    {
        if (options.LogWorkloads.Count == 0)
        {
            return;
        }

        var targets = Targets(results);
        var load = Target.Program(root, "bench/Load", "Load");
        await using var client = await Child.StartCommandedAsync("the log client", "dotnet", load, "log-client");
        await using var viewer = await Child.StartCommandedAsync("the load client", "dotnet", load, "client");
        foreach (var workload in options.LogWorkloads.Select(workload => options.IsQuick ? workload.Quick() : workload))
        {
            var result = results.Begin(workload.Name, workload.Title);
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var target in targets.Where(target => target.Serves(workload)))
                {
                    await result.AddAsync(
                        target.Name,
                        target.Kind,
                        round,
                        new LogMeasurement(workload, target, client, viewer, root).RunAsync
                    );
                }
            }

            save(results);
        }
    }

    private List<LogTarget> Targets(BenchResults results)
    {
        var asked = LogTarget.All.Where(target => options.Targets.Count == 0 || options.Targets.Contains(target.Name)).ToList();
        if (PostgresServer.IsInstalled)
        {
            return asked;
        }

        results.Skip("postgres and quorum", "PostgreSQL isn't installed (`make deps` installs it)");
        return [.. asked.Where(target => !target.IsPostgres)];
    }
}
