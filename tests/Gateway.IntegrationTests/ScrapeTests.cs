using System.Globalization;
using System.Text.RegularExpressions;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What Prometheus reads at <c>/metrics</c>, so that an alert sees the first occurrence too.</summary>
public sealed partial class ScrapeTests : IAsyncLifetime
{
    /// <summary>A process of its own: OpenTelemetry listens to all meters of a process, and so to other tests' gateways.</summary>
    private readonly GatewayProcess gateway = new(
        "--Gateway:Backends:test:Address=http://127.0.0.1:9",
        "--Gateway:Telemetry:Prometheus=true",
        "--Gateway:Limits:Connections=7",
        "--Gateway:Limits:ConnectionsPerAddress=5",
        "--Gateway:Limits:SubscriptionsPerConnection=3",
        "--Gateway:Feeds:MemoryBytes=2000000"
    );

    private readonly HttpClient http = new();

    public async ValueTask InitializeAsync() => await gateway.Process.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Every_counter_is_at_0_from_the_start_with_every_value_of_its_tags_and_the_first_refusal_is_a_step_to_1()
    {
        const string series = "gateway_connections_refused_total{reason=\"upgrade_required\"}";
        var expected = Expected().ToList();

        var before = await ScrapeAsync();
        using var refused = await http.GetAsync(new Uri(gateway.Url, "/ws/optimization"), TestContext.Current.CancellationToken);

        // Not at once: answers are kept for 300 ms.
        await Until.TrueAsync(async () => (await ScrapeAsync())[series] == 1, "the refusal is counted");
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            before.Where(s => s.Value == 0 && expected.Contains(s.Key)).Select(s => s.Key).Order(StringComparer.Ordinal)
        );

        // No counter was forgotten here.
        Assert.Empty(before.Keys.Where(IsCounter).Except(expected, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Limits_are_gauges_beside_what_they_limit_and_the_version_is_everywhere()
    {
        await using var client = await TestClient.ConnectAsync(gateway.SocketUrl);
        var samples = await ScrapeAsync();

        Assert.Equal((1d, 7d), (samples["gateway_connections{transport=\"websocket\"}"], samples["gateway_connections_limit"]));

        // Loopback isn't counted.
        Assert.Equal((0d, 5d), (samples["gateway_connections_per_address_most"], samples["gateway_connections_per_address_limit"]));
        Assert.Equal(3d, samples["gateway_subscriptions_per_connection_limit"]);
        Assert.Equal((0d, 2_000_000d), (samples["gateway_feeds_bytes"], samples["gateway_feeds_limit_bytes"]));
        Assert.Equal(1d, samples[$"gateway_build_info{{commit=\"{BuildVersion.Commit}\",version=\"{BuildVersion.Version}\"}}"]);
        Assert.Matches("^([0-9a-f]{40}|unknown)$", BuildVersion.Commit);
        var health = await http.GetStringAsync(new Uri(gateway.Url, "/health/ready"), TestContext.Current.CancellationToken);
        Assert.StartsWith($"{{\"status\":\"ok\",\"version\":\"{BuildVersion.Version}\"", health, StringComparison.Ordinal);
        Assert.Contains($"Version:    {BuildVersion.Text}\n", gateway.Process.Output, StringComparison.Ordinal);
    }

    private const string Transports = "websocket sse longpoll catchup";

    private static IEnumerable<string> Expected()
    {
        string[] causes = Enum.GetNames<WatchFaultKind>();
        return
        [
            .. Series("gateway_connections", "transport", Transports),
            .. Refusal.Names.Select(name => $"gateway_connections_refused_total{{reason=\"{name}\"}}"),
            .. Enum.GetNames<SessionEndReason>()
                .SelectMany(name =>
                    Transports.Split(' ').Select(one => $"gateway_connections_ended_total{{reason=\"{name}\",transport=\"{one}\"}}")
                ),
            .. Enum.GetNames<SessionEndReason>().Select(name => $"gateway_connections_aborted_total{{cause=\"{name}\"}}"),
            .. Series("gateway_subscriptions", "state", "opening open waiting"),
            .. Series("gateway_messages_received_total", "type", "subscribe unsubscribe replay ping none"),
            .. Series("gateway_messages_sent_total", "type", "subscribed replay event unsubscribed pong error"),
            .. Series("gateway_events_sent_total", "type", "event replay"),
            "gateway_events_dropped_total",
            "gateway_upstream_streams{backend=\"test\"}",
            "gateway_upstream_opened_total{backend=\"test\"}",
            .. causes.Select(name => $"gateway_upstream_broken_total{{backend=\"test\",cause=\"{name}\"}}"),
            .. causes.Append("HeldBack").Select(name => $"gateway_upstream_reopened_total{{backend=\"test\",cause=\"{name}\"}}"),
            .. JobsAnswer.Results.Select(result => $"gateway_upstream_lists_total{{backend=\"test\",result=\"{result}\"}}"),
            "gateway_feeds",
            "gateway_feeds_joined_total",
            "gateway_feeds_fallen_total",
        ];
    }

    private static IEnumerable<string> Series(string name, string tag, string values) =>
        values.Split(' ').Select(value => $"{name}{{{tag}=\"{value}\"}}");

    private static bool IsCounter(string series) =>
        series.StartsWith("gateway_", StringComparison.Ordinal) && series.Split('{')[0].EndsWith("_total", StringComparison.Ordinal);

    /// <summary>Each sample by its name and its labels in alphabetical order, without those about the library.</summary>
    private async Task<Dictionary<string, double>> ScrapeAsync()
    {
        var page = await http.GetStringAsync(new Uri(gateway.Url, "/metrics"), TestContext.Current.CancellationToken);
        return Sample()
            .Matches(page)
            .ToDictionary(
                sample => SeriesOf(sample),
                sample => double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
    }

    private static string SeriesOf(Match sample)
    {
        var labels = Label()
            .Matches(sample.Groups["labels"].Value)
            .Select(label => label.Value)
            .Where(label => !label.StartsWith("otel_scope_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var text = string.Join(',', labels);
        return sample.Groups["name"].Value + (text.Length > 0 ? $"{{{text}}}" : "");
    }

    [GeneratedRegex(
        """^(?<name>[a-z_]+)(\{(?<labels>[^}]*)\})? (?<value>[^ \n]+)""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Sample();

    [GeneratedRegex("""[a-z_]+="[^"]*["]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Label();
}
