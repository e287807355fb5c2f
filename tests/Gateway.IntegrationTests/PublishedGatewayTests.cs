using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The published program, as an operator has it: its folder, and no repository.</summary>
[Collection(Alone.Name)]
public sealed class PublishedGatewayTests(PublishedGateway published) : IClassFixture<PublishedGateway>
{
    [Fact]
    public async Task It_runs_from_anywhere_with_the_settings_next_to_it_and_has_its_page()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)), Say.Live(Say.Completed(2)));
        await File.WriteAllTextAsync(
            Path.Combine(published.Folder, "appsettings.json"),
            new JsonObject { ["Gateway:Backends:mine:Address"] = $"{backend.Url}" }.ToJsonString(),
            TestContext.Current.CancellationToken
        );
        var url = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        await using var process = new ProgramProcess(published.Program, [$"--urls={url}"], url, $"cd {published.Elsewhere}", runtime: "");
        await process.StartAsync();

        await using var client = await TestClient.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/ws/optimization" }.Uri);
        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("unsubscribed");
        using var http = new HttpClient();
        var page = await http.GetStringAsync(url, TestContext.Current.CancellationToken);
        var script = await http.GetStringAsync(new Uri(url, "/console.js"), TestContext.Current.CancellationToken);

        Assert.Equal([1, 2], client.EventIds("job-1"));
        Assert.Contains("./console.js", page, StringComparison.Ordinal);
        Assert.Contains("ws/optimization", script, StringComparison.Ordinal);
        Assert.Contains($"Backend:    mine at {backend.Url}", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_published_that_it_does_not_need()
    {
        var files = Directory.GetFiles(published.Folder).Select(Path.GetFileName).ToList();

        Assert.DoesNotContain("web.config", files);
        Assert.DoesNotContain(files, file => file!.Contains("staticwebassets", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(published.Folder));
    }
}
