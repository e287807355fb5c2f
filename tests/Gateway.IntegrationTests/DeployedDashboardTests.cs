using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The dashboard and the alerts in deploy/ ask for what a running gateway exports, and for nothing else.</summary>
public sealed partial class DeployedDashboardTests
{
    public static TheoryData<string> Files => ["deploy/grafana/dashboard.json", "deploy/prometheus/alerts.yml"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_metric_and_label_it_asks_for_is_exported(string file)
    {
        var exported = await ExportedAsync();

        var asked = Expressions(file).ToList();

        Assert.NotEmpty(asked);
        foreach (var (metric, labels) in asked)
        {
            Assert.True(exported.TryGetValue(metric, out var known), $"{file} asks for {metric}, which the gateway doesn't export.");
            Assert.Empty(labels.Except([.. known, "instance", "job", "le"], StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_values_that_alerts_look_for_are_ones_that_there_are()
    {
        var alerts = File.ReadAllText(PathOf("deploy/prometheus/alerts.yml"));
        string[] known =
        [
            .. Enum.GetNames<WatchFaultKind>(),
            .. Enum.GetNames<SessionEndReason>(),
            .. Enum.GetNames<SubscriptionState>().Select(state => state.ToLowerInvariant()),
            .. new[] { Refusal.TooManyConnections, Refusal.TooManyFromAddress, Refusal.TooManyNewConnections, Refusal.MemoryLow }.Select(
                r => r.Name
            ),
        ];

        var values = Matcher().Matches(alerts).SelectMany(matcher => matcher.Groups["values"].Value.Split('|')).ToList();

        Assert.NotEmpty(values);
        Assert.Empty(values.Except(known, StringComparer.Ordinal));
    }

    /// <summary>Everything on /metrics and its labels.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> ExportedAsync()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, "Gateway:Telemetry:Prometheus=true");
        // Only a histogram has nothing before it has measured something.
        gateway.Services.GetRequiredService<GatewayMetrics>().LiveEventSent(readAt: 0, happenedAt: 0);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(gateway.HttpUrl, "/metrics"), TestContext.Current.CancellationToken);
        return Sample()
            .Matches(page)
            .GroupBy(sample => sample.Groups["name"].Value, StringComparer.Ordinal)
            .ToDictionary(
                samples => samples.Key,
                samples =>
                    samples
                        .SelectMany(sample => Label().Matches(sample.Groups["labels"].Value))
                        .Select(l => l.Groups["name"].Value)
                        .ToHashSet(),
                StringComparer.Ordinal
            );
    }

    private static IEnumerable<(string Metric, HashSet<string> Labels)> Expressions(string file)
    {
        var text = File.ReadAllText(PathOf(file));
        var expressions = file.EndsWith(".json", StringComparison.Ordinal)
            ? JsonNode.Parse(text)!["panels"]!
                .AsArray()
                .SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
                .Select(target => target!["expr"]!.GetValue<string>())
            : DeployedManifest.Objects(DeployedManifest.Parse(text).Single()).Select(rule => (string?)rule["expr"]).OfType<string>();
        foreach (var expression in expressions)
        {
            var grouped = Grouping().Matches(expression).SelectMany(by => by.Groups["labels"].Value.Split(", ")).ToList();
            foreach (Match asked in Asked().Matches(expression))
            {
                var matched = Label().Matches(asked.Groups["labels"].Value).Select(label => label.Groups["name"].Value);
                yield return (asked.Groups["name"].Value, [.. matched, .. grouped]);
            }
        }
    }

    private static string PathOf(string file, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", file);

    [GeneratedRegex(
        """^(?<name>[a-z_]+)(\{(?<labels>[^}]*)\})? """,
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-z_]+)(=|=~|!=|!~)"[^"]*["]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Label();

    [GeneratedRegex(
        """(?<name>(gateway|dotnet|kestrel)_[a-z_]+)(\{(?<labels>[^}]*)\})?""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Asked();

    [GeneratedRegex("""by \((?<labels>[^)]*)\)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Grouping();

    [GeneratedRegex("""(state|cause|reason)=~?"(?<values>[^"]*)["]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Matcher();
}
