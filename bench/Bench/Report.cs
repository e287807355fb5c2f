using System.Globalization;
using System.Text;

namespace OptimizationGateway.Bench;

/// <summary>Results as text and Markdown.</summary>
internal static class Report
{
    private static readonly (string Metric, string Heading, string Format)[] Columns =
    [
        (Metric.Cpu, "CPU s/M", "0.##"),
        (Metric.Rate, "a second", "#,0"),
        (Metric.P50, "p50 ms", "0.##"),
        (Metric.P99, "p99 ms", "0.##"),
        (Metric.P99Before, "p99 before", "0.##"),
        (Metric.Seconds, "s", "0.#"),
        (Metric.Kib, "KiB each", "0.#"),
        (Metric.Streams, "streams", "#,0"),
        (Metric.Cores, "cores", "0.00"),
        (Metric.DatabaseCores, "database's cores", "0.00"),
        (Metric.ClientCpu, "client s/M", "0.##"),
        (Metric.BackendCpu, "backend s/M", "0.##"),
    ];

    public static string Line(Dictionary<string, double> figures) =>
        string.Join(
            "; ",
            Columns.Where(c => figures.ContainsKey(c.Metric)).Select(c => $"{c.Heading} {Text(figures[c.Metric], c.Format)}")
        );

    public static string Markdown(BenchResults results)
    {
        var text = new StringBuilder();
        var machine = results.Machine;
        text.AppendLine("# Results of `make bench`").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Commit {machine.Commit}, {machine.Date}. {machine.Cores} cores shared by all processes ({machine.Processor}), {machine.MemoryGb} GB,"
        );
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine.Kernel};");
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine.Runtimes}.");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Medians of {results.Rounds} interleaved rounds. s/M: CPU seconds per million delivered events (or visits)."
        );
        if (results.Workloads.Exists(workload => workload.HasPeers))
        {
            text.AppendLine("`drain` is the ceiling of the load backend, `ready-gathered` that of the load client.");
        }

        if (results.IsQuick)
        {
            text.AppendLine().AppendLine("**Quick: a tenth of the size. These figures only say that everything works.**");
        }

        foreach (var skipped in results.Skipped)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Skipped: {skipped}");
        }

        foreach (var workload in results.Workloads)
        {
            Append(text, workload);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, WorkloadResult workload)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {workload.Workload}: {workload.Title}").AppendLine();
        var columns = Columns.Where(c => workload.Targets.Exists(t => t.Median(c.Metric) is not null)).ToList();
        IEnumerable<string> headings = columns.Select(c => c.Heading);
        headings = workload.HasPeers ? headings.Concat(["of the best peer's CPU", "of its rate", "of the limit's CPU"]) : headings;
        text.AppendLine($"| program | {string.Join(" | ", headings)} |");
        text.AppendLine($"|---{string.Concat(headings.Select(_ => "|---"))}|");
        foreach (var target in workload.Targets)
        {
            var cells = columns.Select(c => Cell(target.Median(c.Metric), c.Format));
            cells = workload.HasPeers ? cells.Concat(Ratios(workload, target)) : cells;
            text.AppendLine($"| {target.Target} | {string.Join(" | ", cells)} |");
        }

        foreach (var fault in workload.Faults)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Didn't work: {fault.ReplaceLineEndings(" ")}");
        }
    }

    private static string[] Ratios(WorkloadResult workload, TargetResult target)
    {
        if (target.Kind == TargetKind.Limit)
        {
            return ["", "", ""];
        }

        var cpu = target.Median(Metric.Cpu);
        return
        [
            Cell(cpu / workload.BestPeer(Metric.Cpu), "0.##"),
            Cell(target.Median(Metric.Rate) / workload.BestPeer(Metric.Rate, isMore: true), "0.##"),
            Cell(cpu / workload.LimitCpu(), "0.##"),
        ];
    }

    private static string Cell(double? value, string format) => value is { } number ? Text(number, format) : "";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
