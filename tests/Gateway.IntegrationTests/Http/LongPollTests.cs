using System.Globalization;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>PROTOCOL.md section 11, reads that wait for the next event.</summary>
public sealed class LongPollTests
{
    private const string AtOne = "?offset=0000000000000001_ZTE&live=long-poll";

    [Fact]
    public async Task What_is_there_comes_at_once_and_what_is_not_when_it_happens()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        var happens = new TaskCompletionSource();
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));
        bridge.Backend.Next(
            async (_, stream, cancelled) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 1), cancelled);
                await stream.WriteAsync(Say.Replay(), cancelled);
                await happens.Task;
                await stream.WriteAsync(Say.Live(Say.Event(2)), cancelled);
                await ScriptedBackend.SilenceAsync(cancelled);
            }
        );

        var first = await bridge.GetAsync("?offset=-1&live=long-poll");
        var waiting = bridge.GetAsync($"?offset={first["Stream-Next-Offset"]}&live=long-poll&cursor={first["Stream-Cursor"]}");
        await bridge.Gateway.WaitsAsync();
        happens.SetResult();
        var second = await waiting;

        Assert.Equal([1], first.Ids);
        Assert.Equal([2], second.Ids);
        Assert.Equal((200, EventsBridge.Offset(2), "true"), (second.Status, second["Stream-Next-Offset"], second["Stream-Up-To-Date"]));
        Assert.True(Cursor(second) > Cursor(first));
    }

    [Fact]
    public async Task Nothing_in_20_s_is_204_and_the_offset_stays()
    {
        var clock = new Clock();
        await using var bridge = await EventsBridge.OpenAsync(clock);
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay());

        var waiting = bridge.GetAsync(AtOne);
        await bridge.Gateway.WaitsAsync();
        clock.Advance(TimeSpan.FromSeconds(19.9));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        var answer = await waiting;

        Assert.Equal((204, "", "true"), (answer.Status, answer.Body, answer["Stream-Up-To-Date"]));
        Assert.Equal(
            (EventsBridge.Offset(1), "no-store", null),
            (answer["Stream-Next-Offset"], answer["Cache-Control"], answer["Stream-Closed"])
        );
        Assert.NotNull(answer["Stream-Cursor"]);
    }

    [Fact]
    public async Task The_time_is_a_setting()
    {
        var clock = new Clock();
        await using var bridge = await EventsBridge.OpenAsync(clock, "Gateway:Limits:LongPollTimeout=00:00:05");
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay());

        var waiting = bridge.GetAsync(AtOne);
        await bridge.Gateway.WaitsAsync();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(204, (await waiting).Status);
    }

    [Fact]
    public async Task Behind_the_end_of_a_job_it_does_not_wait()
    {
        await using var bridge = await EventsBridge.OpenAsync(new Clock());
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 1, ended: true), Say.Replay()));
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 1, ended: true)));

        var answer = await bridge.GetAsync(AtOne);
        var now = await bridge.GetAsync("?offset=now&live=long-poll");

        Assert.Equal(
            (204, "true", "true", null),
            (answer.Status, answer["Stream-Closed"], answer["Stream-Up-To-Date"], answer["Stream-Cursor"])
        );
        Assert.Equal((204, "true", EventsBridge.Offset(1)), (now.Status, now["Stream-Closed"], now["Stream-Next-Offset"]));
    }

    [Fact]
    public async Task From_now_on_it_waits_for_the_first_event()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 6), Say.Live(Say.Event(7)));

        var answer = await bridge.GetAsync("?offset=now&live=long-poll");

        Assert.Equal([7], answer.Ids);
        Assert.Equal((EventsBridge.Offset(7), "no-store"), (answer["Stream-Next-Offset"], answer["Cache-Control"]));
    }

    [Fact]
    public async Task A_terminal_event_closes_the_stream()
    {
        await using var bridge = await EventsBridge.OpenAsync(clock: null, "Gateway:Feeds:Shared=false");
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 1), Say.Replay(), Say.Live(Say.Completed(2))));

        var answer = await bridge.GetAsync(AtOne);

        Assert.Equal([2], answer.Ids);
        Assert.Equal("true", answer["Stream-Closed"]);
    }

    [Fact]
    public async Task While_the_backend_is_away_nobody_is_told_that_he_has_everything()
    {
        var clock = new Clock();
        await using var bridge = await EventsBridge.OpenAsync(clock);
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 1), Say.Replay()));
        bridge.Backend.Always(ScriptedBackend.Fail(Grpc.Core.StatusCode.Unavailable));

        var waiting = bridge.GetAsync(AtOne);
        while (!bridge.Gateway.Views().Exists(view => view.State == SubscriptionState.Waiting))
        {
            clock.Advance(TimeSpan.FromSeconds(0.05));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(20));
        var answer = await waiting;
        Assert.Equal((503, "backend_unavailable"), (answer.Status, answer.Code));
        Assert.NotNull(answer["Retry-After"]);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing_behind()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay());
        using (var client = new HttpClient { BaseAddress = bridge.Gateway.HttpUrl })
        {
            _ = client.GetAsync(EventsBridge.Job + AtOne, TestContext.Current.CancellationToken);
            await bridge.Gateway.WaitsAsync();
        }

        await TestGateway.EventuallyAsync(
            () => bridge.Gateway is { Connections: 0, UpstreamStreams: 0 },
            "the connection and its stream ended"
        );
    }

    private static long Cursor(EventsReply answer) => long.Parse(answer["Stream-Cursor"]!, CultureInfo.InvariantCulture);
}
