using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>Four backends in four languages behind one gateway, with the patterns that docs/backends.md shows.</summary>
public sealed partial class SeveralBackendsTests
{
    [Fact]
    public async Task One_that_is_down_makes_only_its_own_jobs_wait()
    {
        await using var node = await ExampleBackend.StartAsync(Language.Node);
        await using var python = await ExampleBackend.StartAsync(Language.Python);
        await using var go = await ExampleBackend.StartAsync(Language.Go);
        await using var stub = await TestStub.StartAsync();
        var urls = new Dictionary<string, Uri>
        {
            ["node"] = node.Url,
            ["python"] = python.Url,
            ["go"] = go.Url,
            ["stub"] = stub.GrpcUrl,
        };
        await using var gateway = await TestGateway.StartAsync(time: null, [.. DocumentedSettings(urls)]);
        await using var client = await gateway.ConnectAsync();
        await using var waiting = await gateway.ConnectAsync();
        var held = await python.StartJobAsync(iterations: 100, delayMs: 50);
        await waiting.SubscribeAsync(held, 0);
        await waiting.UntilAsync("event");

        await python.Process.KillAsync();
        string[] jobs =
        [
            await node.StartJobAsync(iterations: 20, delayMs: 5),
            await go.StartJobAsync(iterations: 20, delayMs: 5),
            await stub.StartJobAsync(new { maxIterations = 5, iterationDelayMs = 5 }),
        ];
        foreach (var job in jobs)
        {
            await client.SubscribeAsync(job, 0);
            await client.UntilAsync("unsubscribed");
            Assert.Equal("job_completed", (string?)TestClient.Events(client.Received, job).Last()["eventType"]);
        }

        Assert.Equal(("trip", "eggs", "job"), (Kind(jobs[0]), Kind(jobs[1]), Kind(jobs[2])));
        Assert.Equal("troubled", await StateAsync(gateway, "python"));
        Assert.Equal(
            ["ok", "ok", "ok"],
            [await StateAsync(gateway, "node"), await StateAsync(gateway, "go"), await StateAsync(gateway, "stub")]
        );

        await python.Process.StartAsync();
        await waiting.UntilAsync("unsubscribed");
        Assert.Equal(Enumerable.Range(1, 102).Select(id => (long)id), waiting.EventIds(held));
        Assert.Equal("ok", await StateAsync(gateway, "python"));
        Assert.DoesNotContain(client.Received, (JsonObject m) => (string?)m["type"] == "error");
    }

    private static string Kind(string job) => job[..job.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>What the page says, with this test's addresses in place of its own.</summary>
    private static IEnumerable<string> DocumentedSettings(Dictionary<string, Uri> urls)
    {
        var page = File.ReadAllText(RepositoryRoot.Combine("docs", "backends.md"));
        var backends = JsonNode.Parse(Example().Match(page).Groups["json"].Value)!["Gateway"]!["Backends"]!.AsObject();
        Assert.Equal(urls.Keys.Order(StringComparer.Ordinal), backends.Select(backend => backend.Key).Order(StringComparer.Ordinal));
        foreach (var (name, settings) in backends)
        {
            foreach (var (setting, value) in settings!.AsObject())
            {
                yield return $"Gateway:Backends:{name}:{setting}={(setting == "Address" ? urls[name] : value)}";
            }
        }
    }

    [GeneratedRegex(@"## Several backends at once.*?```json\s(?<json>.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Example();

    private static async Task<string?> StateAsync(TestGateway gateway, string backend)
    {
        using var http = new HttpClient();
        var health = await http.GetStringAsync(new Uri(gateway.HttpUrl, "/health/ready"), TestContext.Current.CancellationToken);
        return (string?)JsonNode.Parse(health)!["backends"]![backend]!["state"];
    }
}
