using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>What a browser sees of each example through a gateway.</summary>
public sealed class BridgeTests
{
    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task History_comes_whole_from_the_start_and_from_the_middle(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        await using var gateway = await TestGateway.StartAsync(backend.Url);
        await using var client = await gateway.ConnectAsync();
        var job = await backend.FinishedJobAsync(iterations: 10);

        await client.SubscribeAsync(job, 0);
        var all = await client.UntilAsync("unsubscribed");
        await client.SubscribeAsync(job, 7);
        var rest = await client.UntilAsync("unsubscribed");
        await client.SubscribeAsync(job);
        var nothing = await client.UntilAsync("unsubscribed");

        Assert.Equal(Ids(1, 12), TestClient.EventIds(all, job));
        Assert.Equal(Ids(8, 12), TestClient.EventIds(rest, job));
        Assert.Empty(TestClient.EventIds(nothing, job));
        Assert.All(new[] { all, rest, nothing }, messages => Assert.Equal("job_ended", (string?)messages[^1]["reason"]));
        var events = TestClient.Events(all, job).ToList();
        Assert.Equal(10, (int)events[0]["data"]!["config"]!["iterations"]!);
        Assert.Equal("iteration_completed", (string?)events[1]["eventType"]);
        Assert.True((double)events[1]["data"]!["score"]! > 0);
        Assert.Equal("job_completed", (string?)events[^1]["eventType"]);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task The_seam_between_history_and_live_has_no_gap_and_no_repeat_while_the_job_writes(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        await using var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            "Gateway:Limits:MessagesPerSecond=10000",
            "Gateway:Limits:MessageBurst=10000"
        );
        await using var client = await gateway.ConnectAsync();
        var job = await backend.StartJobAsync(iterations: 1_000_000, delayMs: 0);
        var after = 0L;
        for (var round = 0; round < 50; round++)
        {
            await client.SubscribeAsync(job, after);
            var messages = await client.UntilAsync("event");
            await client.SendAsync(new { type = "unsubscribe", jobId = job });
            messages.AddRange(await client.UntilAsync("unsubscribed"));

            var ids = TestClient.EventIds(messages, job);
            Assert.Equal(Ids(after + 1, after + ids.Count), ids);
            after = ids[^1];
        }
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task What_the_backend_refuses_the_browser_hears_by_its_code(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        await using var gateway = await TestGateway.StartAsync(backend.Url);
        await using var client = await gateway.ConnectAsync();
        var job = await backend.FinishedJobAsync(iterations: 3);

        await client.SubscribeAsync("no-such-job", 0);
        Assert.Equal("job_not_found", (string?)(await client.NextAsync("error"))["code"]);

        await client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = job,
                afterEventId = 2,
                epoch = "another",
            }
        );
        Assert.Equal("epoch_changed", (string?)(await client.NextAsync("error"))["code"]);

        await client.SubscribeAsync(job, 6);
        var ahead = await client.NextAsync("error");
        Assert.Equal(("cursor_ahead", 5), ((string?)ahead["code"], (int)ahead["latestEventId"]!));
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_replay_of_ten_thousand_events_arrives_whole(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        await using var gateway = await TestGateway.StartAsync(backend.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SubscribeAsync("load-10000", 0);
        await client.UntilAsync("unsubscribed");

        Assert.Equal(Ids(1, 10_000), client.EventIds("load-10000"));
    }

    private static IEnumerable<long> Ids(long first, long last)
    {
        for (var id = first; id <= last; id++)
        {
            yield return id;
        }
    }
}
