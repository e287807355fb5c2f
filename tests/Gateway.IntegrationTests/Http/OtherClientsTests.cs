using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>A job's events as clients get them that aren't the project's own.</summary>
public sealed class OtherClientsTests : IAsyncLifetime
{
    private readonly SharedLog log = new();
    private ScriptedBackend backend = null!;
    private TestGateway gateway = null!;

    private string Url => new Uri(gateway.HttpUrl, EventsBridge.Job).ToString();

    public async ValueTask InitializeAsync()
    {
        backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        gateway = await TestGateway.StartAsync(backend.Url, time: null, "Gateway:Drain:Time=00:00:00");
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
    }

    [Fact]
    public async Task The_durable_streams_client_catches_up_and_resumes()
    {
        log.Append(3);
        await using var first = Durable("catch-up", "-1");
        await first.EndedAsync();
        log.Append(2);
        await using var second = Durable("catch-up", EventsBridge.Offset(3));
        await second.EndedAsync();

        Assert.Equal(["1", "2", "3", $"offset {EventsBridge.Offset(3)} upToDate true closed false"], first.Lines);
        Assert.Equal([4, 5], second.Ids);
    }

    [Theory]
    [InlineData("long-poll")]
    [InlineData("sse")]
    public async Task The_durable_streams_client_follows_a_job_over_a_restart_of_the_gateway(string mode)
    {
        log.Append(3);
        await using var client = Durable(mode, "-1", lastId: 8);
        await client.UntilAsync(3);
        await client.UntilAsync(log.Append(2));

        await RestartAsync();
        log.Append(3);
        await client.EndedAsync();

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], client.Ids);
        Assert.Equal("end", client.Lines[^1]);
    }

    [Theory]
    [InlineData("long-poll")]
    [InlineData("sse")]
    public async Task The_durable_streams_client_ends_with_the_job(string mode)
    {
        var job = new EndingJob(events: 2);
        backend.Always(job.ServeAsync);
        await using var client = Durable(mode, "-1");
        await client.UntilAsync(2);

        job.End();
        await client.EndedAsync();

        Assert.Equal(["1", "2", "3", "end"], client.Lines);
    }

    [Fact]
    public async Task Pythons_standard_library_follows_a_job_to_its_end()
    {
        var job = new EndingJob(events: 3);
        backend.Always(job.ServeAsync);
        await using var client = OtherClient.StartScript("python3", "reader.py", Url);
        await client.UntilAsync(3);

        job.End();
        await client.EndedAsync();

        Assert.Equal([1, 2, 3, 4], client.Ids);
    }

    [Fact]
    public async Task Curl_shows_each_event_as_it_happens()
    {
        log.Append(1);
        await using var client = OtherClient.Start("curl", "-sN", $"{Url}?offset=-1&live=sse");

        await SaysAsync(client, "\"id\":1,");
        log.Append(1);
        await SaysAsync(client, "\"id\":2,");

        Assert.Equal($"id: {EventsBridge.Offset(1)}", client.Lines[0]);
        Assert.Equal("event: data", client.Lines[1]);
    }

    private static Task SaysAsync(OtherClient client, string text) =>
        TestGateway.EventuallyAsync(() => client.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"it shows {text}");

    private OtherClient Durable(string mode, string offset, long lastId = 0) =>
        OtherClient.StartScript("node", "durable-reader.mjs", Url, mode, offset, $"{lastId}");

    private async Task RestartAsync()
    {
        var url = gateway.HttpUrl;
        await gateway.DisposeAsync();
        gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            "Gateway:Drain:Time=00:00:00",
            $"Kestrel:Endpoints:http:Url={url.GetLeftPart(UriPartial.Authority)}"
        );
    }
}
