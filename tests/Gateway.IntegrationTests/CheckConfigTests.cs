using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary><c>--check-config</c> as an operator meets it, before a rollout or at three in the morning.</summary>
public sealed class CheckConfigTests : IDisposable
{
    private const string Backend = "--Gateway:Backends:local:Address=http://127.0.0.1:5001";

    private static readonly string[] Secrets = ["s3cret-user", "s3cret-password", "s3cret-query", "s3cret-metadata", "s3cret-key"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("optimization-settings-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task It_shows_every_setting_with_its_value_and_who_says_so()
    {
        await WriteAsync(
            """
            {
              "$schema": "schema/appsettings.json",
              "Gateway": {
                "Backends": { "local": { "Address": "http://127.0.0.1:5001", "JobIds": null } },
                "Limits": { "Connections": 20, "MessageBytes": 2048 }
              }
            }
            """
        );

        var run = await CheckAsync(
            ["--Gateway:Drain:Time=00:00:07", "--gateway:limits:messagebytes=4096"],
            ("Gateway__PathBase", "/optimizer")
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var rows = run
            .Output.Split('\n')
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[0], cells => (cells[1], cells[2]), StringComparer.Ordinal);
        var declared = SettingTree
            .Of(GatewayOptions.Section, typeof(GatewayOptions))
            .Select(setting => setting.Path.Replace("<name>", "local", StringComparison.Ordinal))
            .Where(path => !path.EndsWith("<key>", StringComparison.Ordinal));
        Assert.Equal(declared.Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("http://127.0.0.1:5001", "appsettings.json"), rows["Gateway:Backends:local:Address"]);
        Assert.Equal(("*", "default"), rows["Gateway:Backends:local:JobIds"]);
        Assert.Equal(("20", "appsettings.json"), rows["Gateway:Limits:Connections"]);
        Assert.Equal(("4096", "command line"), rows["Gateway:Limits:MessageBytes"]);
        Assert.Equal(("/optimizer", "environment"), rows["Gateway:PathBase"]);
        Assert.Equal(("00:00:07", "command line"), rows["Gateway:Drain:Time"]);
        Assert.Equal(("00:00:20", "default"), rows["Gateway:Limits:PingInterval"]);
        Assert.Equal(("(none)", "default"), rows["Gateway:Proxies:Known"]);
    }

    [Fact]
    public async Task It_says_in_a_few_lines_where_it_listens_for_whom_and_what_is_on()
    {
        var run = await CheckAsync([
            "--Urls=http://127.0.0.1:8123",
            "--Gateway:Backends:a:Address=dns:///optimizers.internal:5001",
            "--Gateway:Backends:b:Addresses=http://b1:1,http://b2:1",
            "--Gateway:Backends:b:JobIds=b-*",
            "--Gateway:Telemetry:Prometheus=true",
        ]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Listens:  http://127.0.0.1:8123\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Callers:  Nobody is asked who they are", run.Output, StringComparison.Ordinal);
        Assert.Contains("a at dns:///optimizers.internal:5001 for jobs *\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("b at http://b1:1,http://b2:1 for jobs b-*\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Prometheus (/metrics)", run.Output, StringComparison.Ordinal);
        Assert.Matches("\nOff: .*tokens.*inspector.*OTLP\n", run.Output);
    }

    [Fact]
    public async Task It_tells_no_secret_whether_all_is_well_or_not()
    {
        string[] settings =
        [
            "--Gateway:Backends:local:Address=http://s3cret-user:s3cret-password@127.0.0.1:5001/?key=s3cret-query",
            "--Gateway:Backends:local:Metadata:x-key=s3cret-metadata",
            "--Gateway:Inspector:Url=http://127.0.0.1:8124",
            "--Gateway:Inspector:Key=s3cret-key-0123456789-0123456789-0123456789",
            "--Gateway:Console:JobsApiUrl=https://s3cret-user:s3cret-password@jobs.example.com/?key=s3cret-query",
        ];
        string[] faulty =
        [
            .. settings,
            "--Gatway:Backends:other:Metadata:x-key=s3cret-metadata",
            "--Gateway:Backends:other:Address=ftp://s3cret-user:s3cret-password@x?s3cret-query",
            "--Gateway:Backends:other:Metadata:authorization=Bearer",
            "s3cret-metadata",
            "--Gateway:Backends:other:Metadata:x-line=s3cret-metadata\n",
        ];

        foreach (var run in new[] { await CheckAsync(settings), await CheckAsync(faulty), await GatewayProcess.RunToItsEndAsync(faulty) })
        {
            Assert.All(Secrets, secret => Assert.DoesNotContain(secret, run.Output + run.Error, StringComparison.Ordinal));
        }

        var shown = (await CheckAsync(settings)).Output;
        Assert.Matches(@"\nGateway:Backends:local:Metadata:x-key +\(hidden\) +command line\n", shown);
        Assert.Matches(@"\nGateway:Inspector:Key +\(hidden\) +command line\n", shown);
        Assert.Contains("http://…@127.0.0.1:5001/?…", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_all_faults_at_once()
    {
        var run = await CheckAsync([
            Backend,
            "--Urls=http://0.0.0.0:8125",
            "--Kestrel:Certificates:Default:Path=/no/such.pem",
            "--Gateway:Backends:b:Address=https://b:1",
            "--Gateway:Backends:b:JobIds=b-*",
            "--Gateway:Backends:b:Tls:CertificateAuthority=/no/authority.pem",
            "--Gateway:Limits:MessageBytes=many",
            "--Gateway:Limits:Connections=0",
            "--Gateway:Limits:Conections=1",
            "--Limits:Connections=1",
            "--Gateway:PathBase=x",
        ]);

        Assert.Equal(1, run.ExitCode);
        string[] expected =
        [
            "Gateway:Security:AllowAnonymous=true",
            "/no/such.pem",
            "Gateway:Backends:b:Tls:CertificateAuthority is '/no/authority.pem'",
            "Gateway:Limits:MessageBytes is 'many'",
            "Gateway:Limits:Connections must be between 1",
            "Gateway:Limits:Conections is no setting",
            "--Limits:Connections is no setting. Did you mean --Gateway:Limits:Connections?",
            "Gateway:PathBase is 'x'",
        ];
        Assert.All(expected, fault => Assert.Contains(fault, run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_listens_nowhere_and_connects_to_nobody()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        using var takenToo = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        takenToo.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var inspector = $"http://127.0.0.1:{((IPEndPoint)takenToo.LocalEndpoint).Port}";

        var run = await CheckAsync(
            [
                $"--Urls={url}",
                $"--Gateway:Backends:local:Address={url}",
                $"--Gateway:Inspector:Url={inspector}",
                $"--Gateway:Inspector:Key={new string('k', 40)}",
            ],
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.False(taken.Pending());
        Assert.False(takenToo.Pending());
    }

    [Theory]
    [InlineData("http://127.0.0.1:8126", "http://127.0.0.1:8126")]
    [InlineData("http://0.0.0.0:8126", "http://127.0.0.1:8126")]
    [InlineData("http://localhost:8126", "http://[::1]:8126")]
    [InlineData("http://127.0.0.1:1;http://127.0.0.1:8126/", "https://localhost:8126")]
    [InlineData("", "http://127.0.0.1:8080")]
    public async Task An_inspector_at_the_gateway_s_own_port_is_a_fault(string urls, string inspector)
    {
        string[] settings =
        [
            Backend,
            $"--Urls={urls}",
            "--Gateway:Security:AllowAnonymous=true",
            $"--Gateway:Inspector:Url={inspector}",
            $"--Gateway:Inspector:Key={new string('k', 40)}",
        ];

        var fault = $"Gateway:Inspector:Url is '{inspector}', but at that port";
        Assert.Contains(await FaultsAsync(settings), told => told.Contains(fault, StringComparison.Ordinal));
        Assert.Contains(fault, await RefusedStart.FaultAsync(settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8126", "http://127.0.0.1:8127")]
    [InlineData("http://127.0.0.1:8126", "http://[::1]:8126")]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0")]
    public async Task An_inspector_at_a_place_of_its_own_is_none(string urls, string inspector) =>
        Assert.Empty(
            await FaultsAsync(
                Backend,
                $"--Urls={urls}",
                $"--Gateway:Inspector:Url={inspector}",
                $"--Gateway:Inspector:Key={new string('k', 40)}"
            )
        );

    [Fact]
    public async Task An_inspector_with_TLS_but_no_certificate_is_a_fault()
    {
        var run = await CheckAsync(
            [Backend, "--Gateway:Inspector:Url=https://127.0.0.1:8127", $"--Gateway:Inspector:Key={new string('k', 40)}"],
            // No certificate for developers either.
            ("HOME", folder.FullName)
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("(Gateway:Inspector:Url)", run.Error, StringComparison.Ordinal);
        Assert.Contains("Kestrel:Certificates:Default", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AllowedHosts", "optimizer.example.com:23443")]
    [InlineData("AllowedHosts", "https://optimizer.example.com")]
    [InlineData("AllowedHosts", "*.example.com")]
    [InlineData("AllowedHosts", "::1")]
    [InlineData("AllowedHosts", "[::1]:80")]
    [InlineData("AllowedOrigins", "https://app.example.com/")]
    [InlineData("AllowedOrigins", "https://app.example.com/path")]
    [InlineData("AllowedOrigins", "https://app.example.com:443")]
    [InlineData("AllowedOrigins", "https://*.example.com")]
    [InlineData("AllowedOrigins", "app.example.com")]
    [InlineData("AllowedOrigins", "app.example.com:8443")]
    [InlineData("AllowedOrigins", "https://")]
    public async Task A_host_or_an_origin_that_nothing_matches_is_a_fault(string setting, string value)
    {
        var good = setting == "AllowedOrigins" ? "https://good.example.com" : "good.example.com";

        var faults = await FaultsAsync(Backend, $"--Gateway:Security:{setting}={good},{value}");

        Assert.StartsWith($"Gateway:Security:{setting} has '{value}'", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_and_origins_that_something_matches_are_none() =>
        Assert.Empty(
            await FaultsAsync(
                Backend,
                "--Gateway:Security:AllowedHosts=*, gateway, my_service.internal, 192.0.2.1, [2001:db8::1]",
                "--Gateway:Security:AllowedOrigins=*, null, file://, https://a.example.com:8443, http://[::1]:5173, tauri://localhost, chrome-extension://abc"
            )
        );

    [Fact]
    public async Task Its_summary_has_the_path_base_and_says_what_is_refused()
    {
        var run = await CheckAsync([Backend, "--Urls=http://0.0.0.0:8125", "--Gateway:PathBase=/o", "--Gateway:Telemetry:Prometheus=true"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Prometheus (/o/metrics)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Listens:  http://0.0.0.0:8125 (refused: see below)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("so it may listen on loopback addresses only", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_warns_of_fewer_descriptors_than_connections()
    {
        var run = await ProgramRun.ToItsEndAsync(
            "sh",
            "-c",
            "ulimit -n 1000; exec dotnet \"$@\"",
            "sh",
            typeof(GatewayHost).Assembly.Location,
            "--check-config",
            Backend
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(
            "Warning:  Gateway:Limits:Connections is 10000, but this process may open 1000 files and sockets",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Settings_of_a_newer_version_are_faults_or_warnings_as_the_settings_say()
    {
        string[] newer =
        [
            Backend,
            "--Gateway:Limits:Newer=1",
            "--Gateway:Backends:local:Newest=s3cret-metadata",
            "--Gateway:Later:On=true",
        ];
        string[] expected = ["Gateway:Limits:Newer", "Gateway:Backends:local:Newest", "Gateway:Later"];

        var refused = await CheckAsync(newer);
        var ignored = await CheckAsync([.. newer, "--Gateway:Compatibility:IgnoreUnknown=true"]);

        Assert.Equal((1, 0), (refused.ExitCode, ignored.ExitCode));
        Assert.All(expected, name => Assert.Contains($"  {name} is no setting.", refused.Error, StringComparison.Ordinal));
        Assert.All(
            expected,
            name =>
                Assert.Contains(
                    $"Ignored (Gateway:Compatibility:IgnoreUnknown): {name} is no setting.",
                    ignored.Output,
                    StringComparison.Ordinal
                )
        );
        Assert.DoesNotContain("s3cret-metadata", refused.Output + refused.Error + ignored.Output + ignored.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_JSON_is_a_fault_with_its_name_and_line()
    {
        await WriteAsync("{\n  \"Gateway\": {,}\n}");

        var run = await CheckAsync([Backend]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(Path.Combine(folder.FullName, "appsettings.json"), run.Error, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 1", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The faults that it would tell: what it does before it prints, inside this process.</summary>
    private static async Task<IReadOnlyList<string>> FaultsAsync(params string[] settings) =>
        (await DryRun.RunAsync(settings, GatewayHost.Build)).Faults;

    private Task WriteAsync(string json) => File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), json);

    private Task<(int ExitCode, string Output, string Error)> CheckAsync(
        string[] settings,
        params (string Name, string Value)[] environment
    ) => GatewayProcess.RunToItsEndAsync(folder.FullName, environment, ["--check-config", .. settings]);
}
