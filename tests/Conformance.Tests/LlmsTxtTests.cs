using System.Text.RegularExpressions;
using OptimizationGateway.Gateway;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>llms.txt, the page for coding agents: its commands work, and its links lead somewhere.</summary>
public sealed partial class LlmsTxtTests
{
    private static readonly string[] Expected =
    [
        "\"jobs\":[",
        "event: data",
        "\"streamClosed\":true",
        "Stream-Closed: true",
        "\"openapi\": \"3.1.0\"",
        "\"asyncapi\": \"3.0.0\"",
        "1 messages, 0 invalid",
        "1 passed, 0 failed",
    ];

    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("llms.txt"));

    [Fact]
    public void It_fits_on_a_page_and_its_links_lead_somewhere()
    {
        var links = Link().Matches(Page).Select(link => link.Groups["path"].Value).ToList();

        Assert.InRange(Page.Split('\n').Length, 40, 100);
        Assert.InRange(links.Count, 10, int.MaxValue);
        Assert.All(links, link => Assert.True(Path.Exists(RepositoryRoot.Combine(link.Split('/'))), link));
    }

    /// <summary>
    /// As the page has them and one after another, but for ports, for builds that were made, for make, which only has to know its targets,
    /// for a gateway that only checks its settings, and for the kit, which looks at one rule.
    /// </summary>
    [Fact]
    public async Task Its_commands_work()
    {
        Curl.Require();
        await using var stub = await TestStub.StartAsync();
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        var script = string.Join('\n', Page.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal)))
            .Replace("http://127.0.0.1:8080", gateway.HttpUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("http://127.0.0.1:5001", stub.GrpcUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("http://127.0.0.1:5002", stub.HttpUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace(
                "dotnet run --project src/Gateway --",
                $"dotnet {typeof(GatewayHost).Assembly.Location} --check-config",
                StringComparison.Ordinal
            )
            .Replace(
                "dotnet run --project src/Conformance --",
                $"dotnet {typeof(KitProgram).Assembly.Location} --rule seam",
                StringComparison.Ordinal
            )
            .Replace("make ", "make --dry-run ", StringComparison.Ordinal);

        var (exitCode, output, error) = await ProgramRun.ToItsEndAsync(
            RepositoryRoot.Combine(),
            [],
            "bash",
            ["-euxo", "pipefail", "-c", script]
        );

        Assert.True(exitCode == 0, $"exit code {exitCode}\n{error}\n{output}");
        Assert.DoesNotContain("127.0.0.1:8080", script, StringComparison.Ordinal);
        Assert.All(Expected, expected => Assert.Contains(expected, output, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\((?<path>[^)#]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
