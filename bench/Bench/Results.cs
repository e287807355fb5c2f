using System.Text.Json.Serialization;

namespace OptimizationGateway.Bench;

/// <summary>The runs of one program with one workload.</summary>
/// <param name="Target">The program.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Runs">The figures of each run, by <see cref="Metric"/>.</param>
internal sealed record TargetResult(string Target, TargetKind Kind, List<Dictionary<string, double>> Runs)
{
    public double? Median(string metric)
    {
        var values = Runs.Where(run => run.ContainsKey(metric)).Select(run => run[metric]).Order().ToList();
        return values.Count == 0 ? null : (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    /// <summary>The medians of all metrics that it has.</summary>
    public IReadOnlyDictionary<string, double> Medians =>
        Runs.SelectMany(run => run.Keys)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Median(name)!.Value, StringComparer.Ordinal);
}

/// <summary>All runs of one workload.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="Title">What it is.</param>
/// <param name="Targets">The programs.</param>
/// <param name="Faults">What didn't work, a sentence each.</param>
internal sealed record WorkloadResult(string Workload, string Title, List<TargetResult> Targets, List<string> Faults)
{
    /// <summary>True if there is something to compare the gateway with.</summary>
    [JsonIgnore]
    public bool HasPeers => Targets.Exists(target => target.Kind == TargetKind.Peer);

    /// <summary>Makes one run with one program, and adds its figures, or what didn't work.</summary>
    public async Task AddAsync(string target, TargetKind kind, int round, Func<Task<Dictionary<string, double>>> measure)
    {
        try
        {
            var figures = await measure();
            var runs = Targets.Find(t => t.Target == target);
            if (runs is null)
            {
                runs = new TargetResult(target, kind, []);
                Targets.Add(runs);
            }

            runs.Runs.Add(figures);
            Console.WriteLine($"   {round} {target, -15} {Report.Line(figures)}");
        }
        catch (Exception fault) when (fault is BenchException or IOException)
        {
            Fail($"{target}, round {round}: {fault.Message}");
        }
    }

    public void Fail(string fault)
    {
        Faults.Add(fault);
        Console.WriteLine($"   {fault}");
    }

    /// <summary>The best of the peers: the least CPU, or the most events.</summary>
    public double? BestPeer(string metric, bool isMore = false)
    {
        var values = Targets.Where(t => t.Kind == TargetKind.Peer).Select(t => t.Median(metric)).OfType<double>().ToList();
        return values.Count == 0 ? null
            : isMore ? values.Max()
            : values.Min();
    }

    /// <summary>The CPU below which no bridge of these parts can be: a stream drained, and ready frames written; where events are paced, the frames alone.</summary>
    public double? LimitCpu()
    {
        double? Of(string name) => Targets.Find(t => t.Target == name)?.Median(Metric.Cpu);
        var isFlood = Targets.Exists(t => t.Target is Target.Drain or Target.ReadyGathered);
        return isFlood ? Of(Target.Drain) + Of(Target.ReadyGathered) : Of(Target.ReadyEach);
    }
}

/// <summary>The content of a results file.</summary>
/// <param name="Machine">Where they come from.</param>
/// <param name="Rounds">The number of rounds.</param>
/// <param name="IsQuick">True if they say only that everything works.</param>
/// <param name="Skipped">The programs that were skipped, with the reason.</param>
/// <param name="Workloads">The workloads.</param>
internal sealed record BenchResults(Machine Machine, int Rounds, bool IsQuick, List<string> Skipped, List<WorkloadResult> Workloads)
{
    /// <summary>Adds a workload.</summary>
    public WorkloadResult Begin(string workload, string title)
    {
        Console.WriteLine($"== {workload}: {title}");
        var result = new WorkloadResult(workload, title, [], []);
        Workloads.Add(result);
        return result;
    }

    /// <summary>Says that a program isn't measured.</summary>
    public void Skip(string target, string reason)
    {
        Skipped.Add($"{target}: {reason}");
        Console.WriteLine($"{target} is skipped: {reason}");
    }
}
