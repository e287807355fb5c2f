using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The alerts in deploy/prometheus, as Prometheus' own promtool sees them.</summary>
public sealed class DeployedAlertsTests
{
    private const string Promtool = "promtool";

    private static readonly string Folder = RepositoryRoot.Combine("deploy", "prometheus");

    [Theory]
    [InlineData("check", "alerts.yml")]
    [InlineData("test", "alerts.test.yml")]
    public async Task Promtool_finds_no_fault(string command, string file)
    {
        Installed.Require(Promtool);

        var run = await ProgramRun.ToItsEndAsync(Folder, [], Promtool, [command, "rules", file]);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Each_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var alerts = DeployedManifest
            .Objects(DeployedManifest.Read("prometheus/alerts.yml").Single())
            .Select(rule => (string?)rule["alert"])
            .OfType<string>()
            .Order(StringComparer.Ordinal)
            .ToList();
        var tests = DeployedManifest
            .Objects(DeployedManifest.Read("prometheus/alerts.test.yml").Single())
            .Where(test => test["alertname"] is not null)
            .ToLookup(test => test["exp_alerts"]!.AsArray().Count > 0, test => (string)test["alertname"]!);

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts, Names(fire: true));
        Assert.Equal(alerts, Names(fire: false));

        IEnumerable<string> Names(bool fire) => tests[fire].Distinct().Order(StringComparer.Ordinal);
    }
}
