using System.Text.Json.Nodes;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>A gateway that points at a log server shows what is appended.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private LogServerRun run = null!;
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync()
    {
        run = await LogServerRun.StartAsync();
        gateway = await TestGateway.StartAsync(run.GrpcUrl);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await run.DisposeAsync();
    }

    [Fact]
    public async Task A_browser_gets_each_event_of_a_job_that_it_watches()
    {
        using var first = await run.Client.AppendAsync("shown", LogServerClient.Note);
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("shown", 0);
        await client.UntilAsync(message => (string?)message["type"] == "replay");
        using var second = await run.Client.AppendAsync("shown", """{"eventType":"iteration_completed","data":{"score":0.5}}""");

        var live = await client.UntilAsync(message => (string?)message["type"] == "event");
        Assert.Equal(0.5, (double)live[^1]["event"]!["data"]!["score"]!);
        Assert.Equal([1, 2], client.EventIds("shown"));
    }

    [Fact]
    public async Task A_reader_goes_on_at_the_token_of_an_append()
    {
        using var first = await run.Client.AppendAsync("tokens", LogServerClient.Note);
        var token = first.Headers.GetValues("Stream-Next-Offset").Single();
        using var second = await run.Client.AppendAsync("tokens", LogServerClient.Note);
        using var http = new HttpClient();
        var url = new Uri(gateway.HttpUrl, $"/jobs/tokens/events?offset={token}");
        var events = JsonNode.Parse(await http.GetStringAsync(url, Deadline.Token))!.AsArray();

        Assert.Equal([2], events.Select(jobEvent => (int)jobEvent!["id"]!));
    }

    [Fact]
    public async Task A_gateway_lists_the_jobs()
    {
        using var first = await run.Client.AppendAsync("listed", LogServerClient.Note);
        using var http = new HttpClient();
        var list = JsonNode.Parse(await http.GetStringAsync(new Uri(gateway.HttpUrl, "/jobs"), Deadline.Token))!;

        Assert.Contains("listed", list.ToJsonString(), StringComparison.Ordinal);
    }
}
