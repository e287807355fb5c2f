using Grpc.Core;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 8, and of section 9 what concerns backends: what is forgiven, and what silence means.</summary>
public sealed class BackendsTests
{
    [Fact]
    public async Task An_event_before_subscribed_implies_it()
    {
        await using var bridge = await Bridge.OpenAsync();

        var first = await bridge.SubscribeAsync(0, Say.Replay(Say.Events(1, 2)), Say.Live(Say.Event(3)));

        Assert.Equal("""{"type":"subscribed","jobId":"job-1"}""", first.ToJsonString());
        await bridge.Client.UntilAsync("event");
        Assert.Equal([1, 2, 3], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task Live_events_without_the_replay_that_was_asked_for_follow_an_empty_one()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(4, Say.Subscribed(last: 4), Say.Live(Say.Event(5)));

        var replay = await bridge.Client.NextAsync("replay");

        Assert.Empty(replay["data"]!.AsArray());
        Assert.False((bool)replay["hasMore"]!);
        await bridge.Client.NextAsync("event");
    }

    [Fact]
    public async Task A_live_only_stream_that_does_not_say_where_now_is_is_refused()
    {
        await using var bridge = await Bridge.OpenAsync();

        var error = await bridge.SubscribeAsync(null, Say.Subscribed(last: null));

        Assert.Equal("backend_error", (string?)error["code"]);
    }

    [Fact]
    public async Task A_log_cut_short_starts_at_its_earliest_event_for_who_asks_for_all_there_is()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(
            0,
            Say.Subscribed(last: 9, earliest: 8),
            Say.Replay(Say.Event(8, previous: 7), Say.Event(9, previous: 8))
        );

        await bridge.Client.NextAsync("replay");

        Assert.Equal([8, 9], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task A_silent_stream_is_reopened_at_the_cursor_and_the_client_hears_nothing_of_it()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
        await bridge.Client.NextAsync("replay");
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(), Say.Live(Say.Event(2)));

        var gone = await clock.RunUntilAsync(() => bridge.Requests.Count == 2, TimeSpan.FromSeconds(90), "the stream was reopened");

        Assert.InRange(gone, TimeSpan.FromSeconds(53), TimeSpan.FromSeconds(70));
        Assert.Equal("event", (string?)(await bridge.Client.NextAsync())["type"]);
        Assert.Equal(1, bridge.Requests[1].AfterEventId);
    }

    [Fact]
    public async Task A_heartbeat_keeps_a_silent_stream_open()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        var beat = new SemaphoreSlim(0);
        var beats = 0;
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                while (true)
                {
                    await beat.WaitAsync(stopped);
                    await stream.WriteAsync(Say.Heartbeat(last: 0), stopped);
                    Interlocked.Increment(ref beats);
                }
            }
        );
        await bridge.Client.SubscribeAsync("job-1");
        await bridge.Client.NextAsync("subscribed");

        // A minute of silence would end the stream; this is a minute and a half.
        for (var i = 1; i <= 6; i++)
        {
            await clock.RunForAsync(TimeSpan.FromSeconds(15));
            beat.Release();
            await TestGateway.EventuallyAsync(() => Volatile.Read(ref beats) == i, "the heartbeat was sent");
        }

        Assert.Single(bridge.Requests);
    }

    [Fact]
    public async Task What_is_newer_than_this_gateway_is_ignored()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 0), new Contracts.V1.WatchJobResponse(), Say.Replay(), Say.Live(Say.Event(1)));

        await bridge.Client.UntilAsync("event");
        Assert.Single(bridge.Requests);
    }

    [Fact]
    public async Task The_longest_pattern_that_matches_decides_who_has_a_job()
    {
        await using var everything = await ScriptedBackend.StartAsync();
        await using var some = await ScriptedBackend.StartAsync();
        await using var one = await ScriptedBackend.StartAsync();
        everything.Always(ScriptedBackend.Say(Say.Subscribed(epoch: "everything")));
        some.Always(ScriptedBackend.Say(Say.Subscribed(epoch: "some")));
        one.Always(ScriptedBackend.Say(Say.Subscribed(epoch: "one")));
        await using var gateway = await TestGateway.StartAsync(
            time: null,
            [
                $"Gateway:Backends:a:Address={everything.Url}",
                $"Gateway:Backends:b:Address={some.Url}",
                "Gateway:Backends:b:JobIds=dspy-*, opt-*-x",
                $"Gateway:Backends:c:Address={one.Url}",
                "Gateway:Backends:c:JobIds=dspy-special",
            ]
        );
        await using var client = await gateway.ConnectAsync();

        foreach (var (job, backend) in new[] { ("other", "everything"), ("dspy-1", "some"), ("opt-7-x", "some"), ("dspy-special", "one") })
        {
            await client.SubscribeAsync(job);
            Assert.Equal(backend, (string?)(await client.NextAsync("subscribed"))["epoch"]);
        }
    }

    [Fact]
    public async Task A_backend_that_is_not_there_at_first_is_found_when_it_comes()
    {
        await using var placeholder = await ScriptedBackend.StartAsync();
        var url = placeholder.Url;
        await placeholder.DisposeAsync();
        await using var gateway = await TestGateway.StartAsync(url);
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        Assert.Empty((await client.SettleAsync()).SkipLast(1));

        await using var backend = await ScriptedBackend.StartAsync(url.Port);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));

        await client.UntilAsync("replay");
        Assert.Equal([1], client.EventIds("job-1"));
    }

    [Fact]
    public async Task A_stream_that_fails_with_a_status_of_the_transport_is_reopened_whatever_the_status()
    {
        foreach (
            var status in new[]
            {
                StatusCode.Cancelled,
                StatusCode.Aborted,
                StatusCode.Unknown,
                StatusCode.DeadlineExceeded,
                StatusCode.ResourceExhausted,
            }
        )
        {
            await using var bridge = await Bridge.OpenAsync();
            bridge.Backend.Next(ScriptedBackend.SayAndFail(status, Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
            bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Events(2, 2)), Say.Live(Say.Completed(3)));

            await bridge.Client.SubscribeAsync("job-1", 0);
            await bridge.Client.UntilAsync("unsubscribed");

            Assert.Equal([1, 2, 3], bridge.Client.EventIds("job-1"));
        }
    }
}
