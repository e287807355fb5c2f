using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary><c>--health</c>, as a container's health check calls it.</summary>
public sealed class HealthProbeTests
{
    private const string Backend = "--Gateway:Backends:test:Address=http://127.0.0.1:9";

    [Fact]
    public async Task A_gateway_that_serves_is_ready()
    {
        await using var gateway = new GatewayProcess(Backend);
        await gateway.Process.StartAsync();

        var (exitCode, said) = await ProbeAsync($"{gateway.Url}");

        Assert.Equal(0, exitCode);
        Assert.StartsWith($"Ready: {gateway.Url}health/ready answers 200 {{\"status\":\"ok\"", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_url_it_asks_where_its_own_settings_would_listen()
    {
        var port = ProgramProcess.FreePort();
        await using var gateway = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [Backend, "--Gateway:PathBase=/optimizer", "--Gateway:Security:AllowAnonymous=true"],
            new Uri($"http://127.0.0.1:{port}"),
            // What .NET's container images set.
            $"export ASPNETCORE_HTTP_PORTS={port}"
        );
        await gateway.StartAsync();

        var byPort = await ProbeAsync($"--http_ports={port}", "--Gateway:PathBase=/optimizer");
        var byUrl = await ProbeAsync($"--urls=http://0.0.0.0:{port}", "--Gateway:PathBase=/optimizer");
        var byEndpoint = await ProbeAsync($"--Kestrel:Endpoints:Http:Url=http://*:{port}", "--Gateway:PathBase=/optimizer");

        Assert.Equal((0, 0, 0), (byPort.ExitCode, byUrl.ExitCode, byEndpoint.ExitCode));
    }

    [Fact]
    public async Task A_gateway_that_drains_is_not_ready()
    {
        await using var gateway = new GatewayProcess(Backend, "--Gateway:Drain:Time=00:00:30");
        await gateway.Process.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 26).Select(_ => TestClient.ConnectAsync(gateway.SocketUrl)));
        gateway.Process.Send(Signal.Terminate);
        await TestGateway.EventuallyAsync(() => clients.Any(client => client.CloseStatus is not null), "it drains");

        var (exitCode, said) = await ProbeAsync($"{gateway.Url}");

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"Not ready: {gateway.Url}health/ready answers 503", said, StringComparison.Ordinal);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData("Not ready: http://127.0.0.1:9/health/ready doesn't answer", "http://127.0.0.1:9")]
    [InlineData("'nonsense' is no http:// or https:// URL", "nonsense")]
    [InlineData("The settings don't tell where the gateway listens", "--urls=http://127.0.0.1:0")]
    [InlineData("The setting Urls says where it listens", "--urls=nonsense")]
    public async Task It_says_what_is_wrong(string expected, string argument)
    {
        var (exitCode, said) = await ProbeAsync(argument);

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Said)> ProbeAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await GatewayProcess.RunToItsEndAsync(["--health", .. arguments]);
        return (exitCode, output + error);
    }
}
