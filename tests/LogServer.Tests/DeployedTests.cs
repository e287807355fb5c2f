using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OptimizationGateway.Gateway.IntegrationTests;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.LogServer.Http;
using OptimizationGateway.LogServer.Telemetry;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>
/// The log server's manifests can't be run here. Their settings are given to the programs themselves (<c>--check-config</c>), and what else
/// they say is compared with the program and its project.
/// </summary>
public sealed partial class DeployedTests
{
    private const string Name = "optimization-log-server";
    private const string Compose = "compose/log-server.yaml";
    private const string Kubernetes = "kubernetes/log-server/log-server.yaml";
    private const string Kustomization = "kubernetes/log-server/kustomization.yaml";

    private static readonly string[] Containers = ["log-server-1", "log-server-2", "kubernetes"];
    private static readonly DeployedUnit Systemd = new("systemd/optimization-log-server.service");
    private static readonly DeployedImage Image = DeployedImage.Of("LogServer");

    private static JsonNode Services => DeployedManifest.Read(Compose).Single()["services"]!;

    private static IReadOnlyList<JsonNode> ComposedLogServers => [Services["log-server-1"]!, Services["log-server-2"]!];

    private static JsonNode Template => DeployedManifest.Find(Kubernetes, "Deployment")["spec"]!["template"]!;

    private static JsonNode Pod => Template["spec"]!;

    private static JsonNode Container => Pod["containers"]!.AsArray().Single()!;

    private static JsonNode GatewayContainer =>
        DeployedManifest.Find("kubernetes/gateway/gateway.yaml", "Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!;

    public static TheoryData<string> LogServers => [.. Containers, "systemd"];

    [Theory]
    [MemberData(nameof(LogServers))]
    public async Task The_log_server_takes_its_settings(string where)
    {
        var check = await CheckAsync(typeof(LogServerHost).Assembly.Location, EnvironmentOf(where));

        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.Contains(
            where == "systemd"
                ? $"Logs:     SQLite in /var/lib/{Systemd["StateDirectory"]}\n"
                : "Logs:     PostgreSQL, schema optimization\n",
            check.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_gateways_take_their_settings_and_go_to_the_log_servers()
    {
        var composed = DeployedManifest.ComposedEnvironment(Services["gateway"]!);
        var patched = DeployedManifest.PatchedEnvironment(GatewayContainer, Kustomization);
        foreach (var environment in new[] { composed, patched })
        {
            var check = await CheckAsync(typeof(Gateway.GatewayHost).Assembly.Location, environment);
            Assert.Equal((0, ""), (check.ExitCode, check.Error));
        }

        var grpc = PortOf("LogServer__GrpcUrl");
        Assert.Equal($"http://log-server-1:{grpc},http://log-server-2:{grpc}", composed["Gateway__Backends__logs__Addresses"]);
        Assert.Equal($"dns:///{Name}:{grpc}", patched["Gateway__Backends__logs__Address"]);
        Assert.Equal(
            ["Gateway__Backends__logs__Address"],
            patched.Keys.Where(name => name.EndsWith("__Address", StringComparison.Ordinal))
        );

        // It hands on the callers' tokens, so the log server has to take what the gateway takes.
        Assert.Equal("true", patched["Gateway__Backends__logs__ForwardAuthorization"]);
        Assert.All(
            ["Authority", "Issuer", "Audience"],
            setting =>
                Assert.Equal(patched[$"Gateway__Security__Jwt__{setting}"], EnvironmentOf("kubernetes")[$"LogServer__Auth__{setting}"])
        );
    }

    [Fact]
    public void Images_ports_and_services_have_the_names_and_ports_of_the_program()
    {
        Assert.All(ComposedLogServers.Append(Container), server => Assert.Equal(Image.Name, (string?)server["image"]));
        Assert.Equal(DeployedImage.Of("Gateway").Name, (string?)Services["gateway"]!["image"]);
        Assert.Equal(Image.Ports, [PortOf("LogServer__HttpUrl"), PortOf("LogServer__GrpcUrl")]);
        Assert.Equal(Image.Ports, Container["ports"]!.AsArray().Select(port => (string)port!["containerPort"]!));
        Assert.All(
            ComposedLogServers,
            server => Assert.EndsWith($":{Image.Ports[0]}", (string)server["ports"]![0]!, StringComparison.Ordinal)
        );

        var services = DeployedManifest.Read(Kubernetes).Where(document => (string?)document["kind"] == "Service").ToList();
        Assert.Equal([Name, $"{Name}-append"], services.Select(service => (string?)service["metadata"]!["name"]));
        Assert.Equal(["None", null], services.Select(service => (string?)service["spec"]!["clusterIP"]));
        Assert.Equal(Image.Ports.Reverse(), services.Select(service => (string?)service["spec"]!["ports"]![0]!["port"]));
        Assert.Equal(["grpc", "http"], services.Select(service => (string?)service["spec"]!["ports"]![0]!["targetPort"]));
        Assert.Equal(["http", "grpc"], Container["ports"]!.AsArray().Select(port => (string?)port!["name"]));
        var budget = DeployedManifest.Find(Kubernetes, "PodDisruptionBudget")["spec"]!["selector"]!["matchLabels"]!;
        Assert.All(
            services.Select(service => service["spec"]!["selector"]!).Append(budget),
            selector => Assert.Equal(Template["metadata"]!["labels"]!.ToJsonString(), selector.ToJsonString())
        );
    }

    [Fact]
    public void Probes_and_Prometheus_ask_where_the_log_server_answers()
    {
        string Path(string probe) => (string)Container[probe]!["httpGet"]!["path"]!;
        var annotations = Template["metadata"]!["annotations"]!;

        Assert.Equal(HealthPaths.Live, Path("startupProbe"));
        Assert.Equal(HealthPaths.Live, Path("livenessProbe"));
        Assert.Equal(HealthPaths.Ready, Path("readinessProbe"));
        Assert.All(
            ["startupProbe", "livenessProbe", "readinessProbe"],
            probe => Assert.Equal("http", (string?)Container[probe]!["httpGet"]!["port"])
        );
        Assert.Equal(Exporters.PrometheusPath, (string?)annotations["prometheus.io/path"]);
        Assert.Equal(Image.Ports[0], (string?)annotations["prometheus.io/port"]);
        Assert.Equal("true", EnvironmentOf("kubernetes")["LogServer__Telemetry__Prometheus"]);
        Assert.All(
            ComposedLogServers,
            server =>
                Assert.Equal(
                    ["CMD", "dotnet", $"/app/{AssemblyName}.dll", "--health"],
                    server["healthcheck"]!["test"]!.AsArray().Select(word => (string?)word)
                )
        );
    }

    [Fact]
    public void Who_stops_it_waits_for_longer_than_it_needs()
    {
        var preStop = Seconds((string)Container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!);

        Assert.True(Seconds((string)Pod["terminationGracePeriodSeconds"]!) > preStop + TimeToStop("kubernetes"));
        Assert.All(ComposedLogServers, server => Assert.True(Seconds((string)server["stop_grace_period"]!) > TimeToStop("log-server-1")));
        Assert.True(Seconds(Systemd["TimeoutStopSec"]) > TimeToStop("systemd"));
    }

    [Fact]
    public void Nothing_runs_as_root_or_may_write_to_its_image()
    {
        var security = Container["securityContext"]!;

        Assert.Equal("app", Image.User);
        Assert.Equal("true", (string?)Pod["securityContext"]!["runAsNonRoot"]);
        Assert.Equal(("true", "false"), ((string?)security["readOnlyRootFilesystem"], (string?)security["allowPrivilegeEscalation"]));
        Assert.Equal("ALL", (string?)security["capabilities"]!["drop"]!.AsArray().Single());
        Assert.NotNull(Container["resources"]!["limits"]!["memory"]);
        Assert.All(
            ComposedLogServers.Append(Services["gateway"]!),
            service => Assert.Equal(("true", "ALL"), ((string?)service["read_only"], (string?)service["cap_drop"]![0]))
        );
        Assert.Equal(("postgres", "ALL"), ((string?)Services["postgres"]!["user"], (string?)Services["postgres"]!["cap_drop"]![0]));
        Assert.All(
            Services.AsObject().SelectMany(service => service.Value!["ports"]?.AsArray() ?? []),
            port => Assert.StartsWith("127.0.0.1:", (string)port!, StringComparison.Ordinal)
        );
    }

    /// <summary><see cref="ServiceManagerTests" /> shows that it is told.</summary>
    [Fact]
    public void Systemd_starts_the_program_by_its_name_and_waits_until_it_is_ready()
    {
        Assert.Equal($"/opt/{Name}/{AssemblyName}", Systemd["ExecStart"]);
        Assert.Equal("notify", Systemd["Type"]);
    }

    private static string AssemblyName => typeof(LogServerHost).Assembly.GetName().Name!;

    private static Dictionary<string, string> EnvironmentOf(string where)
    {
        if (where == "systemd")
        {
            return Systemd.Environment;
        }

        if (where != "kubernetes")
        {
            return DeployedManifest
                .ComposedEnvironment(Services[where]!)
                .ToDictionary(
                    variable => variable.Key,
                    variable => Interpolated().Replace(variable.Value, "secret"),
                    StringComparer.Ordinal
                );
        }

        var environment = DeployedManifest.Environment(Container);
        var secret = DeployedManifest.Find("kubernetes/log-server/secret.yaml", "Secret");
        foreach (var variable in Container["env"]!.AsArray().Where(variable => variable!["valueFrom"] is not null))
        {
            var key = variable!["valueFrom"]!["secretKeyRef"]!;
            Assert.Equal((string?)secret["metadata"]!["name"], (string?)key["name"]);
            environment[(string)variable["name"]!] = (string)secret["stringData"]![(string)key["key"]!]!;
        }

        return environment;
    }

    private static Task<(int ExitCode, string Output, string Error)> CheckAsync(string program, Dictionary<string, string> environment) =>
        ProgramRun.ToItsEndAsync(
            folder: "",
            [.. environment.Select(variable => (variable.Key, variable.Value))],
            "dotnet",
            [program, "--check-config"]
        );

    /// <summary>The port that all of the log server's containers have in a setting.</summary>
    private static string PortOf(string setting) =>
        Containers.Select(where => EnvironmentOf(where)[setting].Split(':')[^1]).Distinct(StringComparer.Ordinal).Single();

    private static TimeSpan TimeToStop(string where) =>
        EnvironmentOf(where).TryGetValue("LogServer__Drain__ShutdownTimeout", out var set)
            ? TimeSpan.Parse(set, CultureInfo.InvariantCulture)
            : new Settings.DrainOptions().ShutdownTimeout;

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\$\{\w+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Interpolated();
}
