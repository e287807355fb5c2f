using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The program as an operator meets it: a bad setting stops the start, in a line that names it and says what is allowed.</summary>
public sealed class SettingsTests
{
    private const string Backend = "--Gateway:Backends:local:Address=http://127.0.0.1:5001";
    private const string Inspector = "--Gateway:Inspector:Url=http://127.0.0.1:0";
    private const string InspectorKey = "--Gateway:Inspector:Key=0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("Gateway:Backends:local:Address is 'nonsense'", "--Gateway:Backends:local:Address=nonsense")]
    [InlineData("Gateway:Backends:local:JobIds is empty", Backend, "--Gateway:Backends:local:JobIds=,")]
    [InlineData(
        "Gateway:Backends:b:JobIds has '*', and so has Gateway:Backends:a:JobIds",
        "--Gateway:Backends:a:Address=http://a",
        "--Gateway:Backends:b:Address=http://b"
    )]
    [InlineData("Gateway:Limits:MessageBytes", Backend, "--Gateway:Limits:MessageBytes=-1")]
    [InlineData(
        "Gateway:Limits:MessageBytes is 'many'; it must be a whole number, 1,024 – 16,777,216",
        Backend,
        "--Gateway:Limits:MessageBytes=many"
    )]
    [InlineData("Gateway:Drain:Time is 'soon'; it must be a time, written hh:mm:ss, 0 – 1 h", Backend, "--Gateway:Drain:Time=soon")]
    [InlineData("Gateway:Security:AllowAnonymous is 'maybe'; it must be true or false", Backend, "--Gateway:Security:AllowAnonymous=maybe")]
    [InlineData("Gateway:Limits has a value, but it is no setting by itself", Backend, "--Gateway:Limits=5")]
    [InlineData("Gateway:Drain:ShutdownTimeout is no setting", Backend, "--Gateway:Drain:ShutdownTimeout=00:00:20")]
    [InlineData("Gateway:Limit is no setting. Gateway has Backends, Upstream, Limits", Backend, "--Gateway:Limit:MessageBytes=1")]
    [InlineData("Gateway:Backends:local:Adress is no setting", Backend, "--Gateway:Backends:local:Adress=http://x")]
    [InlineData("Gateway:Upstream:SilenceTimeout", Backend, "--Gateway:Upstream:SilenceTimeout=00:00:00")]
    [InlineData("The setting Urls", Backend, "--Urls=nonsense")]
    [InlineData("Gateway:Console:JobsApiUrl is 'ftp://x'", Backend, "--Gateway:Console:JobsApiUrl=ftp://x")]
    [InlineData("Gateway:Proxies:Known has 'proxy.example'", Backend, "--Gateway:Proxies:Known=127.0.0.1, proxy.example")]
    [InlineData("Gateway:Proxies:Known has '10'", Backend, "--Gateway:Proxies:Known=10")]
    [InlineData("Gateway:Proxies:Known has '10.0.3.0/33'; it must be an address", Backend, "--Gateway:Proxies:Known=10.0.3.0/33")]
    [InlineData("Gateway:Proxies:Known has '::/0', which is everyone", Backend, "--Gateway:Proxies:Known=::/0")]
    [InlineData("Gateway:PathBase is '/optimizer/'; it must be a path such as /optimizer", Backend, "--Gateway:PathBase=/optimizer/")]
    [InlineData("Gateway:PathBase is 'optimizer'", Backend, "--Gateway:PathBase=optimizer")]
    [InlineData("Gateway:Security:Jwt", Backend, "--Urls=http://0.0.0.0:0")]
    [InlineData("Gateway:Inspector:Url is set, but no key", Backend, "--Gateway:Inspector:Url=http://127.0.0.1:0")]
    [InlineData("Gateway:Inspector has a key but no Gateway:Inspector:Url", Backend, InspectorKey)]
    [InlineData("Gateway:Inspector:Key must be 32 to 512", Backend, Inspector, "--Gateway:Inspector:Key=short")]
    [InlineData("Gateway:Inspector:Url is 'http://gateway:8081'", Backend, InspectorKey, "--Gateway:Inspector:Url=http://gateway:8081")]
    [InlineData("Gateway:Inspector:KeyFile is '/none', which isn't there", Backend, Inspector, "--Gateway:Inspector:KeyFile=/none")]
    [InlineData("Gateway:Inspector:KeyFile: /dev/null has no key", Backend, Inspector, "--Gateway:Inspector:KeyFile=/dev/null")]
    [InlineData("Gateway:Inspector:EndedConnections", Backend, Inspector, InspectorKey, "--Gateway:Inspector:EndedConnections=-1")]
    [InlineData("(Gateway:Inspector:Url)", Backend, InspectorKey, "--Gateway:Inspector:Url=http://203.0.113.1:0")]
    [InlineData("Kestrel:Certificates:Default", Backend, InspectorKey, "--Gateway:Inspector:Url=https://127.0.0.1:0")]
    [InlineData(
        "--Gatway:Backends:x:Address is no setting. Did you mean --Gateway:Backends:x:Address?",
        "--Gatway:Backends:x:Address=http://x"
    )]
    [InlineData("--Gateway:Security:AllowAnonymous has no value", Backend, "--Gateway:Security:AllowAnonymous")]
    public async Task A_bad_setting_stops_the_start_with_its_path_and_what_is_allowed(string expected, params string[] settings)
    {
        var fault = await RefusedStart.FaultAsync(settings);

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", fault, StringComparison.Ordinal);
    }

    /// <summary>One fault for each step that finds faults: the arguments, the settings, the server.</summary>
    [Theory]
    [InlineData("--Url is no setting. Did you mean --Urls?", Backend, "--Url=http://127.0.0.1:0")]
    [InlineData("Gateway:Backends is empty")]
    [InlineData("Gateway:Security:AllowAnonymous=true", Backend, "--Urls=http://0.0.0.0:0")]
    public async Task The_program_says_it_without_a_stack_and_exits_with_1(string expected, params string[] settings)
    {
        var (exitCode, output, error) = await GatewayProcess.RunToItsEndAsync(settings);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("The gateway doesn't start: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var fault = await RefusedStart.FaultAsync(
            Backend,
            "--Gateway:Limits:MessageBytes=many",
            "--Gateway:Limits:Connections=0",
            "--Gateway:Backends:local:JobIds=,"
        );

        Assert.Contains("Gateway:Limits:MessageBytes", fault, StringComparison.Ordinal);
        Assert.Contains("Gateway:Limits:Connections", fault, StringComparison.Ordinal);
        Assert.Contains("Gateway:Backends:local:JobIds", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "Gateway:Backends:<name>:Address")]
    [InlineData("--version", "0.")]
    public async Task It_says_what_it_is(string option, string expected)
    {
        var (exitCode, output, _) = await GatewayProcess.RunToItsEndAsync([option]);

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_listens_beyond_this_machine_only_where_that_is_said()
    {
        await using var gateway = await TestGateway.StartAsync(
            time: null,
            [Backend[2..], "Gateway:Security:AllowAnonymous=true", "Gateway:Security:AllowedHosts=*"]
        );

        await using var client = await gateway.ConnectAsync();
        Assert.Single(await client.SettleAsync());
    }
}
