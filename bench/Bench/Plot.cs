using System.Globalization;
using System.Text;

namespace OptimizationGateway.Bench;

/// <summary>A bar chart of the CPU per million events, one group a workload.</summary>
internal static class Plot
{
    private const int Row = 18;
    private const int Label = 110;
    private const int Width = 720;
    private const int Bars = Width - Label - 70;

    public static string Svg(BenchResults results)
    {
        var body = new StringBuilder();
        var y = 24;
        foreach (var workload in results.Workloads.Where(w => w.Targets.Exists(t => t.Median(Metric.Cpu) is not null)))
        {
            body.AppendLine(CultureInfo.InvariantCulture, $"""<text x="0" y="{y}" class="title">{workload.Title}</text>""");
            y += 8;
            var most = workload.Targets.Max(t => t.Median(Metric.Cpu) ?? 0);
            foreach (var target in workload.Targets)
            {
                var cpu = target.Median(Metric.Cpu) ?? 0;
                var width = Math.Max(1, (int)(cpu / most * Bars));
                body.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"""<text x="{Label - 8}" y="{y + 12}" text-anchor="end">{target.Target}</text><rect x="{Label}" y="{y + 2}" width="{width}" height="{Row - 5}" class="{target.Kind}"/><text x="{Label + width + 6}" y="{y + 12}">{cpu:0.##}</text>"""
                );
                y += Row;
            }

            y += 26;
        }

        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{{Width}}" height="{{y}}" viewBox="0 0 {{Width}} {{y}}" role="img"
                aria-label="CPU seconds per million events">
            <style>text { font: 12px sans-serif; fill: #222 } .title { font-weight: bold } .Gateway, .LogServer { fill: #1f6feb } .Peer { fill: #9aa4b2 } .Limit { fill: #d8dde4 }</style>
            <rect width="100%" height="100%" fill="#fff"/>
            {{body}}</svg>

            """;
    }
}
