using OptimizationGateway.Gateway.Startup;

namespace OptimizationGateway.Gateway.Tests.Startup;

public sealed class GatewayArgumentsTests
{
    [Theory]
    [InlineData("--Gateway:Backends:a:Address=http://a")]
    [InlineData("--gateway:backends:a:address", "http://a")]
    [InlineData("/Gateway:PathBase=/x")]
    [InlineData("Urls=http://127.0.0.1:0")]
    [InlineData("--Urls", "http://127.0.0.1:0", "--environment=Production", "--contentRoot", "/srv")]
    [InlineData("--Logging:LogLevel:Default=Debug", "--Kestrel:Endpoints:a:Url=http://127.0.0.1:0", "--AllowedHosts=*")]
    [InlineData("--OTEL_SERVICE_NAME=x", "--ASPNETCORE_URLS=http://x", "--DOTNET_ENVIRONMENT=y", "--http_ports=8080")]
    [InlineData("--check-config", "--Mine:Setting=1")]
    public void What_somebody_reads_is_let_through(params string[] args) =>
        Assert.Empty(GatewayArguments.Faults(args, "--check-config", "Mine"));

    [Theory]
    [InlineData("--Gatway:Limits:Connections is no setting. Did you mean --Gateway:Limits:Connections?", "--Gatway:Limits:Connections=1")]
    [InlineData("--Limits:Connections is no setting. Did you mean --Gateway:Limits:Connections?", "--Limits:Connections", "1")]
    [InlineData("--pathbase is no setting. Did you mean --Gateway:PathBase?", "--pathbase=/x")]
    [InlineData("--url is no setting. Did you mean --Urls?", "--url=http://127.0.0.1:0")]
    [InlineData("--chek-config is no setting. Did you mean --check-config?", "--chek-config")]
    [InlineData("On the command line its parts have colons between them: --Gateway:PathBase.", "--Gateway__PathBase=/x")]
    [InlineData("--colour is no setting. There are Gateway, Urls,", "--colour=green")]
    [InlineData("--Urls has no value. Write --Urls=value.", "--Urls")]
    [InlineData("--Gateway:Security:AllowAnonymous has no value.", "--Gateway:Security:AllowAnonymous", "--Urls=http://127.0.0.1:0")]
    [InlineData("-Urls is no setting. Write it with two dashes: --Urls.", "-Urls=http://127.0.0.1:0")]
    [InlineData("Argument 2 is no setting.", "--Gateway:Backends:a:Metadata:authorization=Bearer", "s3cret")]
    [InlineData("Argument 2 is no setting.", "--Gateway:Backends:a:Metadata:authorization=Bearer", "s3cret==")]
    public void What_nobody_reads_is_told_with_what_was_meant(string expected, params string[] args)
    {
        var fault = Assert.Single(GatewayArguments.Faults(args, "--check-config"));

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
    }
}
