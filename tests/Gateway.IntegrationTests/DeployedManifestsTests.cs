using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.OptimizerStub;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// The manifests for containers, Kubernetes and systemd can't be run here. What they say about the program is compared with the program:
/// settings, paths, times, names, commands.
/// </summary>
public sealed partial class DeployedManifestsTests
{
    private const string Compose = "compose/compose.yaml";
    private const string Kubernetes = "kubernetes/gateway/gateway.yaml";
    private const string Demo = "kubernetes/demo/kustomization.yaml";
    private const string DemoBackend = "kubernetes/demo/optimizer.yaml";

    private static readonly DeployedUnit Systemd = new("systemd/optimization-gateway.service");

    private static JsonNode Deployment => DeployedManifest.Find(Kubernetes, "Deployment")["spec"]!["template"]!["spec"]!;

    private static JsonNode GatewayContainer => Deployment["containers"]![0]!;

    private static JsonNode ComposedGateway => DeployedManifest.Read(Compose).Single()["services"]!["gateway"]!;

    private static JsonNode ComposedStub => DeployedManifest.Read(Compose).Single()["services"]!["optimizer"]!;

    private static JsonNode StubContainer =>
        DeployedManifest.Find(DemoBackend, "StatefulSet")["spec"]!["template"]!["spec"]!["containers"]![0]!;

    [Fact]
    public void Every_file_of_Kubernetes_is_a_manifest()
    {
        var files = Directory.GetFiles(RepositoryRoot.Combine("deploy", "kubernetes"), "*.yaml", SearchOption.AllDirectories);

        Assert.All(
            files.SelectMany(file => DeployedManifest.Parse(File.ReadAllText(file))),
            manifest => Assert.True(manifest["apiVersion"] is not null && manifest["kind"] is not null)
        );
    }

    [Fact]
    public void The_files_that_a_kustomization_names_are_there()
    {
        var files = Directory.GetFiles(RepositoryRoot.Combine("deploy"), "kustomization.yaml", SearchOption.AllDirectories);
        Assert.Equal(3, files.Length);
        foreach (var file in files)
        {
            var folder = Path.GetDirectoryName(file)!;
            var resources = DeployedManifest.Parse(File.ReadAllText(file)).Single()["resources"]!
                .AsArray()
                .Select(name => Path.Combine(folder, (string)name!));
            Assert.All(resources, resource => Assert.True(Path.Exists(resource), $"{file} names {resource}."));
        }
    }

    [Fact]
    public void The_gateways_settings_are_ones_that_it_takes()
    {
        Assert.Equal("dns:///optimizer:5001", Configure(DeployedManifest.Environment(GatewayContainer)).Backends["optimizer"].Address);
        Assert.True(Configure(DeployedManifest.PatchedEnvironment(GatewayContainer, Demo)).Security.AllowAnonymous);
        Assert.Equal("http://optimizer:5001", Configure(DeployedManifest.ComposedEnvironment(ComposedGateway)).Backends["stub"].Address);
    }

    [Fact]
    public async Task The_stubs_settings_are_ones_that_it_has()
    {
        var stub = typeof(OptimizerStubHost).Assembly.Location;
        var help = await ProgramRun.ToItsEndAsync("dotnet", stub, "--help");
        var known = help.Output.Split([' ', '=', '\n', '-'], StringSplitOptions.RemoveEmptyEntries);

        Assert.All(
            DeployedManifest.Environment(StubContainer).Keys.Concat(DeployedManifest.ComposedEnvironment(ComposedStub).Keys),
            name => Assert.Contains(name.Replace("__", ":", StringComparison.Ordinal), known)
        );
    }

    [Fact]
    public void Images_have_the_names_and_ports_that_the_projects_give_them()
    {
        var gateway = DeployedImage.Of("Gateway");
        var stub = DeployedImage.Of("OptimizerStub");

        Assert.Equal(gateway.Name, (string?)ComposedGateway["image"]);
        Assert.Equal(gateway.Name, (string?)GatewayContainer["image"]);
        Assert.Equal(stub.Name, (string?)ComposedStub["image"]);
        Assert.Equal(stub.Name, (string?)StubContainer["image"]);
        Assert.Equal(gateway.Ports, GatewayContainer["ports"]!.AsArray().Select(port => (string)port!["containerPort"]!));
        Assert.Equal(stub.Ports, StubContainer["ports"]!.AsArray().Select(port => (string)port!["containerPort"]!));
    }

    [Fact]
    public void Probes_ask_where_the_gateway_answers()
    {
        string Path(string probe) => (string)GatewayContainer[probe]!["httpGet"]!["path"]!;

        Assert.Equal(HealthPaths.Live, Path("startupProbe"));
        Assert.Equal(HealthPaths.Live, Path("livenessProbe"));
        Assert.Equal(HealthPaths.Ready, Path("readinessProbe"));
        Assert.Equal(
            ["CMD", "dotnet", $"/app/{AssemblyName}.dll", "--health"],
            ComposedGateway["healthcheck"]!["test"]!.AsArray().Select(word => (string?)word)
        );
    }

    [Fact]
    public void Prometheus_asks_where_the_gateway_answers()
    {
        var annotations = DeployedManifest.Find(Kubernetes, "Deployment")["spec"]!["template"]!["metadata"]!["annotations"]!;

        Assert.Equal(Exporters.PrometheusPath, (string?)annotations["prometheus.io/path"]);
        Assert.Equal((string?)GatewayContainer["ports"]![0]!["containerPort"], (string?)annotations["prometheus.io/port"]);
        Assert.True(Configure(DeployedManifest.Environment(GatewayContainer)).Telemetry.Prometheus);
    }

    [Fact]
    public void Who_stops_it_waits_for_longer_than_it_needs()
    {
        var preStop = Seconds((string)GatewayContainer["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!);
        var kubernetes = Configure(DeployedManifest.Environment(GatewayContainer)).Drain.ShutdownTimeout;
        var compose = Configure(DeployedManifest.ComposedEnvironment(ComposedGateway)).Drain.ShutdownTimeout;
        var byDefault = new GatewayOptions().Drain.ShutdownTimeout;

        Assert.True(Seconds((string)Deployment["terminationGracePeriodSeconds"]!) > preStop + kubernetes);
        Assert.True(Seconds((string)ComposedGateway["stop_grace_period"]!) > compose);
        Assert.True(Seconds(Systemd["TimeoutStopSec"]) > byDefault);
    }

    [Fact]
    public void Nothing_runs_as_root_or_may_write_to_its_image()
    {
        var pods = new[] { Deployment, DeployedManifest.Find(DemoBackend, "StatefulSet")["spec"]!["template"]!["spec"]! };
        Assert.All(pods, pod => Assert.Equal("true", (string?)pod["securityContext"]!["runAsNonRoot"]));
        Assert.All(
            new[] { GatewayContainer, StubContainer },
            container =>
            {
                var security = container["securityContext"]!;
                Assert.Equal(
                    ("true", "false"),
                    ((string?)security["readOnlyRootFilesystem"], (string?)security["allowPrivilegeEscalation"])
                );
                Assert.Equal("ALL", (string?)security["capabilities"]!["drop"]!.AsArray().Single());
            }
        );
        Assert.All(
            new[] { ComposedGateway, ComposedStub },
            service => Assert.Equal(("true", "ALL"), ((string?)service["read_only"], (string?)service["cap_drop"]![0]))
        );
        Assert.All(new[] { DeployedImage.Of("Gateway"), DeployedImage.Of("OptimizerStub") }, image => Assert.Equal("app", image.User));
    }

    [Fact]
    public async Task The_ingress_lets_through_what_browsers_need_and_nothing_for_operators()
    {
        await using var gateway = await TestGateway.StartAsync(new Uri("http://127.0.0.1:9"), null, "Gateway:Telemetry:Prometheus=true");
        using var http = new HttpClient { BaseAddress = gateway.HttpUrl };
        var ingress = DeployedManifest.Find("kubernetes/gateway/ingress.yaml", "Ingress");
        var paths = DeployedManifest.Objects(ingress).Where(path => path["pathType"] is not null).ToList();

        var statuses = new Dictionary<string, HttpStatusCode>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            Assert.Equal((string?)path["path"] == "/jobs" ? "Prefix" : "Exact", (string?)path["pathType"]);
            using var answer = await http.GetAsync((string)path["path"]!, TestContext.Current.CancellationToken);
            statuses[(string)path["path"]!] = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.UpgradeRequired, statuses["/ws/optimization"]);
        // The page, the files that it and its scripts name, and its settings, which they ask for; the contract for machines.
        var page = await http.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var script = await http.GetStringAsync(new Uri("/console.js", UriKind.Relative), TestContext.Current.CancellationToken);
        var named = PageFileNames().Matches(page + script).Select(found => $"/{found.Groups["name"].Value}").Distinct().ToList();
        Assert.Contains("/shared.js", named);
        Assert.Equal(
            named
                .Concat(["/", "/console.json", "/openapi.json", "/asyncapi.json", "/jobs"])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
            statuses.Where(s => s.Value == HttpStatusCode.OK).Select(s => s.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal(named.Count + 6, statuses.Count);
    }

    /// <summary><see cref="ServiceManagerTests" /> shows that it does.</summary>
    [Fact]
    public void Systemd_waits_until_the_gateway_says_that_it_is_ready() => Assert.Equal("notify", Systemd["Type"]);

    [Fact]
    public void Systemd_starts_the_program_by_its_name() => Assert.Equal($"/opt/optimization-gateway/{AssemblyName}", Systemd["ExecStart"]);

    private static string AssemblyName => typeof(GatewayHost).Assembly.GetName().Name!;

    /// <summary>The options that a gateway would run with; a setting that it doesn't take stops it here.</summary>
    private static GatewayOptions Configure(Dictionary<string, string> environment)
    {
        var settings = environment.Select(variable => $"--{variable.Key.Replace("__", ":", StringComparison.Ordinal)}={variable.Value}");
        using var gateway = (IDisposable)GatewayHost.Build([.. settings]);
        return ((Microsoft.AspNetCore.Builder.WebApplication)gateway).Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));

    [GeneratedRegex(
        @"""\./(?<name>[a-z]+\.(js|css))""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex PageFileNames();
}
