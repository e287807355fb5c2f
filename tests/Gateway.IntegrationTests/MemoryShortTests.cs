using System.Net;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A gateway that may hold little for its clients: docs/operations.md, "Memory".</summary>
public sealed class MemoryShortTests
{
    /// <summary>The least that can be set.</summary>
    private const string Least = "Gateway:Limits:MemoryBytes=16777216";

    private const string Patient = "Gateway:Limits:StuckReaderTimeout=00:10:00";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Slow_readers_lose_their_streams_first_and_read_on_without_loss_and_a_healthy_viewer_does_not_notice(
        bool sharesStreams
    )
    {
        const int Readers = 5;
        const int JobsEach = 16;
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(WriteForEverAsync);
        await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, $"Gateway:Feeds:Shared={sharesStreams}", Patient);
        await using var healthy = await gateway.ConnectAsync();
        await healthy.SubscribeAsync("quiet", 0);
        var slow = await ConnectSlowAsync(gateway, Readers, JobsEach);
        await Until.TrueAsync(() => Task.FromResult(gateway.UpstreamStreams == (Readers * JobsEach) + 1), "each job has its stream");

        var held = gateway.Services.GetRequiredService<HeldMemory>();
        var missing = (long)(held.Limit * 0.7);
        held.Add(missing);
        await Until.TrueAsync(() => Task.FromResult(gateway.UpstreamStreams == 1), "the streams of slow readers are given up");
        await healthy.UntilAsync(_ => healthy.EventIds("quiet").Count >= 60);
        Assert.Equal(Enumerable.Range(1, 60).Select(id => (long)id), healthy.EventIds("quiet").Take(60));
        Assert.Equal((Readers + 1, 1), (gateway.Connections, gateway.UpstreamStreams));
        held.Add(-missing);

        // One of them reads on: each event comes once, in order.
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        while (seen.Count < JobsEach || seen.Values.Max() < 5_000)
        {
            var message = await slow[0].ReadAsync();
            var jobId = (string?)message["jobId"] ?? "";
            foreach (var id in TestClient.EventIds([message], jobId))
            {
                Assert.Equal(seen.GetValueOrDefault(jobId) + 1, id);
                seen[jobId] = id;
            }
        }

        await Task.WhenAll(slow.Select(reader => reader.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Slow_readers_with_more_jobs_than_there_is_room_for_are_sent_away_until_there_is_and_resume_without_loss(
        bool sharesStreams
    )
    {
        const int Readers = 30;
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(WriteForEverAsync);
        await using var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            Least,
            $"Gateway:Feeds:Shared={sharesStreams}",
            Patient
        );
        await using var healthy = await gateway.ConnectAsync();
        await healthy.SubscribeAsync("quiet", 0);
        var slow = await ConnectSlowAsync(gateway, Readers, jobsEach: 50);

        var held = gateway.Services.GetRequiredService<HeldMemory>();
        await Until.TrueAsync(() => Task.FromResult(gateway.Connections <= Readers), "some are sent away");
        await Until.TrueAsync(() => Task.FromResult(!held.MustShed), "readers are sent away until there is room");
        Assert.InRange(gateway.Connections, Readers / 2, Readers);
        await Task.WhenAll(slow.Select(reader => reader.DisposeAsync().AsTask()));

        // One of them comes back, with the last event that it had.
        await Until.TrueAsync(() => Task.FromResult(held.HasRoom), "there is room");
        await using var resumed = await gateway.ConnectAsync();
        await resumed.SubscribeAsync("busy-0-0", 40);
        await resumed.UntilAsync("event");
        Assert.Equal(41, resumed.EventIds("busy-0-0")[0]);

        await healthy.UntilAsync(_ => healthy.EventIds("quiet").Count >= 30);
        Assert.Equal(Enumerable.Range(1, 30).Select(id => (long)id), healthy.EventIds("quiet").Take(30));
        Assert.False(healthy.IsClosed);
    }

    [Fact]
    public async Task Newcomers_get_503_with_Retry_After_and_who_subscribes_to_more_comes_back_later()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(WriteForEverAsync);
        await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, Least);
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("quiet");
        await client.UntilAsync("subscribed");
        var held = gateway.Services.GetRequiredService<HeldMemory>();
        held.Add(held.Limit);

        using var http = new HttpClient();
        using var handshake = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(gateway.SocketUrl) { Scheme = "http" }.Uri);
        handshake.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        handshake.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        handshake.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        handshake.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var answer = await http.SendAsync(handshake, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains(
            "\"memory_low\"",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.NotNull(answer.Headers.RetryAfter);

        // A job that it has can be asked for again.
        await client.SubscribeAsync("quiet");
        await client.SendTextAsync("""{"type":"ping"}""");
        await client.UntilAsync("pong");
        await client.SubscribeAsync("job-2");
        await client.ClosedAsync();
        Assert.Equal((1013, "the gateway is short of memory; come back in 10 s"), ((int?)client.CloseStatus, client.CloseReason));
        held.Add(-held.Limit);
        await using var again = await gateway.ConnectAsync();
    }

    private static async Task<IReadOnlyList<SlowClient>> ConnectSlowAsync(TestGateway gateway, int count, int jobsEach)
    {
        var readers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SlowClient.ConnectAsync(gateway.SocketUrl)));
        for (var i = 0; i < count; i++)
        {
            for (var job = 0; job < jobsEach; job++)
            {
                await readers[i].SendAsync($$"""{"type":"subscribe","jobId":"busy-{{i}}-{{job}}","afterEventId":0}""");
            }
        }

        return readers;
    }

    private static async Task WriteForEverAsync(
        WatchJobRequest request,
        IServerStreamWriter<WatchJobResponse> stream,
        CancellationToken stopped
    )
    {
        await stream.WriteAsync(Say.Subscribed(last: request.AfterEventId), stopped);
        await stream.WriteAsync(Say.Replay(), stopped);
        for (var id = request.AfterEventId + 1; ; id++)
        {
            await stream.WriteAsync(Say.Live(Say.Event(id, previous: id - 1)), stopped);
            if (request.JobId == "quiet")
            {
                await Task.Delay(50, stopped);
            }
        }
    }
}
