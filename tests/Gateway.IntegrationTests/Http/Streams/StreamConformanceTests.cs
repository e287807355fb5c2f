using System.Diagnostics;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http.Streams;

/// <summary>The protocol's own conformance tests, as far as they read.</summary>
public sealed class StreamConformanceTests
{
    /// <summary>The groups of tests that read, or that tell of what there is to read.</summary>
    private const string Reading =
        "Read Operations|Long-Poll|HTTP Protocol|Browser Security Headers|Case-Insensitivity|Offset Validation and|Protocol Edge"
        + "|HEAD Metadata|Caching and ETag|Read-Your-Writes|SSE Mode|^JSON Mode|Stream Closure";

    private static readonly string Folder = RepositoryRoot.Combine("tests", "Gateway.IntegrationTests", "Http", "Streams");

    [Fact]
    public async Task Each_test_that_reads_passes_and_the_others_are_listed()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var server = await StreamServer.StartAsync();
        var output = Path.GetTempFileName();
        var start = new ProcessStartInfo(
            "node",
            [
                RepositoryRoot.Combine("node_modules", "vitest", "vitest.mjs"),
                "run",
                "--root",
                Folder,
                "--testNamePattern",
                Reading,
                // A stream here closes without a terminal event, so its watch is reopened; one test does that twelve times.
                "--testTimeout=15000",
                "--reporter=json",
                $"--outputFile={output}",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["STREAMS_URL"] = server.Url.GetLeftPart(UriPartial.Authority);
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        Assert.True(File.Exists(output), string.Concat(said));
        var results = JsonNode.Parse(await File.ReadAllTextAsync(output, cancel))!["testResults"]![0]!["assertionResults"]!.AsArray();
        File.Delete(output);
        var outcomes = results.ToLookup(one => (string)one!["status"]!, one => $"{one!["ancestorTitles"]![0]}: {one["title"]}");
        var inapplicable = await File.ReadAllLinesAsync(Path.Combine(Folder, "not-applicable.txt"), cancel);

        Assert.Equal(
            inapplicable.Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal),
            outcomes["failed"].Order(StringComparer.Ordinal)
        );
        Assert.True(outcomes["passed"].Count() >= 128, $"{outcomes["passed"].Count()} passed");
    }
}
