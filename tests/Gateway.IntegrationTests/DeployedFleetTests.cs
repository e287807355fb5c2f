using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What may be added to the gateway in Kubernetes, each file compared with the program and with the others.</summary>
public sealed class DeployedFleetTests
{
    private const string Folder = "kubernetes/gateway/";
    private const string Name = "app.kubernetes.io/name";

    private static JsonNode Deployment => DeployedManifest.Find($"{Folder}gateway.yaml", "Deployment")["spec"]!;

    private static JsonNode Pod => Deployment["template"]!["metadata"]!["labels"]!;

    private static JsonNode Container => Deployment["template"]!["spec"]!["containers"]![0]!;

    [Fact]
    public void The_kustomization_names_every_file_those_that_are_optional_too()
    {
        var text = File.ReadAllText(RepositoryRoot.Combine("deploy", Folder, "kustomization.yaml"));
        var files = Directory.GetFiles(RepositoryRoot.Combine("deploy", Folder)).Select(Path.GetFileName).ToList();

        Assert.All(
            files.Where(file => file != "kustomization.yaml"),
            file => Assert.Contains($"- {file}\n", text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_rollout_gives_clients_time_to_come_back_before_the_next_pod_drains()
    {
        // The browser client's first delay is a second at most; the drain is as long as its setting says.
        Assert.Equal("10", (string?)Deployment["minReadySeconds"]);
    }

    [Fact]
    public void The_autoscaler_goes_by_a_metric_that_there_is_and_half_of_its_limit()
    {
        var scaler = DeployedManifest.Find($"{Folder}hpa.yaml", "HorizontalPodAutoscaler")["spec"]!;
        var pods = scaler["metrics"]![0]!["pods"]!;

        // ScrapeTests finds it among what is exported.
        Assert.Equal("gateway_connections", (string?)pods["metric"]!["name"]);
        Assert.Equal(
            (new SessionLimits().Connections / 2).ToString(CultureInfo.InvariantCulture),
            (string?)pods["target"]!["averageValue"]
        );
        Assert.Equal((string?)Pod[Name], (string?)scaler["scaleTargetRef"]!["name"]);
    }

    [Fact]
    public void The_pod_monitor_asks_where_the_gateway_answers_under_the_name_that_the_alerts_expect()
    {
        var monitor = DeployedManifest.Find($"{Folder}pod-monitor.yaml", "PodMonitor")["spec"]!;
        var endpoint = monitor["podMetricsEndpoints"]![0]!;
        var alerts = File.ReadAllText(RepositoryRoot.Combine("deploy", "prometheus", "alerts.yml"));

        Assert.Equal(Exporters.PrometheusPath, (string?)endpoint["path"]);
        Assert.Equal((string?)Container["ports"]![0]!["name"], (string?)endpoint["port"]);
        Assert.Equal((string?)Pod[Name], (string?)monitor["selector"]!["matchLabels"]![Name]);
        Assert.Contains($"up{{job=\"{(string?)Pod[(string)monitor["jobLabel"]!]}\"}}", alerts, StringComparison.Ordinal);
    }

    [Fact]
    public void The_route_lets_through_what_the_ingress_does()
    {
        var ingress = DeployedManifest.Find($"{Folder}ingress.yaml", "Ingress")["spec"]!["rules"]![0]!;
        var route = DeployedManifest.Find($"{Folder}http-route.yaml", "HTTPRoute")["spec"]!;
        var matches = route["rules"]![0]!["matches"]!.AsArray().Select(match => match!["path"]!).ToList();

        Assert.Equal(
            ingress["http"]!["paths"]!.AsArray().Select(path => $"{path!["pathType"]} {path["path"]}"),
            matches.Select(match => $"{match["type"]} {match["value"]}".Replace("PathPrefix", "Prefix", StringComparison.Ordinal))
        );
        Assert.Equal((string?)ingress["host"], (string?)route["hostnames"]![0]);
    }

    [Fact]
    public void The_network_policy_lets_the_gateway_reach_names_its_backend_and_the_authority()
    {
        var policy = DeployedManifest.Find($"{Folder}network-policy.yaml", "NetworkPolicy")["spec"]!;
        var settings = DeployedManifest.Environment(Container);
        var backend = new Uri(settings["Gateway__Backends__optimizer__Address"]).AbsolutePath.Trim('/').Split(':');
        var authority = new Uri(settings["Gateway__Security__Jwt__Authority"]);
        var ports = policy["egress"]!.AsArray().Select(rule => (To: rule!["to"]![0]!, Port: (string)rule["ports"]![0]!["port"]!)).ToList();

        Assert.Equal(["Ingress", "Egress"], policy["policyTypes"]!.AsArray().Select(type => (string?)type));
        Assert.Equal(["53", backend[1], authority.Port.ToString(CultureInfo.InvariantCulture)], ports.Select(rule => rule.Port));
        Assert.Equal(backend[0], (string?)ports[1].To["podSelector"]!["matchLabels"]![Name]);
    }
}
