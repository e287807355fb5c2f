using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.FirstMinute;

/// <summary>scripts/ports.mjs, which `make run` asks before it builds.</summary>
public sealed class PortsTests : IDisposable
{
    private static readonly string Ports = RepositoryRoot.Combine("scripts", "ports.mjs");

    private readonly TcpListener other = new(IPAddress.Loopback, ProgramProcess.FreePort());

    public PortsTests() => other.Start();

    public void Dispose() => other.Dispose();

    private int Taken => ((IPEndPoint)other.LocalEndpoint).Port;

    [Theory]
    [InlineData("Urls", "http://127.0.0.1:{0}")]
    [InlineData("urls", "http://localhost:{0}/")]
    [InlineData("Urls", "http://*:{0}")]
    [InlineData("Stub:GrpcUrl", "http://127.0.0.1:{0}")]
    [InlineData("stub:httpurl", "http://0.0.0.0:{0}")]
    public async Task A_taken_port_is_named_with_its_setting_and_a_command_that_works(string setting, string template)
    {
        var url = string.Format(System.Globalization.CultureInfo.InvariantCulture, template, Taken);
        string[] others = [.. Free.Where(other => !other.StartsWith($"--{setting}=", StringComparison.OrdinalIgnoreCase))];
        var (exitCode, output) = await Script.RunAsync(Ports, [], [.. others, $"--{setting}={url}"]);
        Assert.Equal(1, exitCode);
        Assert.Contains($"make run: Port {Taken} is taken (setting ", output, StringComparison.Ordinal);
        Assert.Contains($"(setting {setting}, {url}", output, StringComparison.OrdinalIgnoreCase);

        var proposed = await Script.RunAsync(Ports, [], ArgsOf(output));
        Assert.Equal((0, ""), proposed);
        Assert.All(others, other => Assert.Contains(other, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Urls")]
    [InlineData("ASPNETCORE_URLS")]
    [InlineData("Stub__GrpcUrl")]
    public async Task Settings_of_the_environment_count_and_the_command_line_is_above_them(string variable)
    {
        (string, string)[] environment = [(variable, $"http://127.0.0.1:{Taken}")];
        string[] others = variable == "Stub__GrpcUrl" ? [Free[0], Free[2]] : [Free[1], Free[2]];
        var (exitCode, output) = await Script.RunAsync(Ports, environment, others);
        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {Taken} is taken", output, StringComparison.Ordinal);
        Assert.Equal((0, ""), await Script.RunAsync(Ports, environment, Free));
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var (exitCode, output) = await Script.RunAsync(
            Ports,
            [],
            $"--Urls=http://127.0.0.1:{Taken}",
            "--Stub:GrpcUrl",
            $"http://127.0.0.1:{Taken}",
            "--Stub:HttpUrl=8081"
        );
        Assert.Equal(1, exitCode);
        Assert.Contains("(setting Urls, ", output, StringComparison.Ordinal);
        Assert.Contains("(setting Stub:GrpcUrl, ", output, StringComparison.Ordinal);
        Assert.Contains("Stub:HttpUrl can't be '8081'", output, StringComparison.Ordinal);
        Assert.Equal((0, ""), await Script.RunAsync(Ports, [], ArgsOf(output)));
    }

    [Fact]
    public async Task Two_settings_cannot_have_the_same_port()
    {
        var port = ProgramProcess.FreePort();
        var (exitCode, output) = await Script.RunAsync(
            Ports,
            [],
            Free[0],
            $"--Stub:GrpcUrl=http://127.0.0.1:{port}",
            $"--Stub:HttpUrl=http://127.0.0.1:{port}"
        );
        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port} is taken (setting Stub:HttpUrl", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kestrels_own_settings_and_questions_are_left_to_the_program()
    {
        var taken = $"--Urls=http://127.0.0.1:{Taken}";
        Assert.Equal((0, ""), await Script.RunAsync(Ports, [], taken, "--help"));
        Assert.Equal((0, ""), await Script.RunAsync(Ports, [], taken, "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0"));
        Assert.Equal((0, ""), await Script.RunAsync(Ports, [("ASPNETCORE_HTTP_PORTS", "8080")], taken));
    }

    private static string[] Free { get; } =
    [
        $"--Urls=http://127.0.0.1:{ProgramProcess.FreePort()}",
        $"--Stub:GrpcUrl=http://127.0.0.1:{ProgramProcess.FreePort()}",
        $"--Stub:HttpUrl=http://127.0.0.1:{ProgramProcess.FreePort()}",
    ];

    private static string[] ArgsOf(string output)
    {
        var line = output.Split('\n').Single(line => line.Contains("make run ARGS=", StringComparison.Ordinal));
        return [.. line.Split('"')[1].Split(' ').Select(word => word.Trim('\''))];
    }
}
