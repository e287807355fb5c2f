using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>PROTOCOL.md section 11, server-sent events.</summary>
public sealed class EventStreamTests
{
    [Fact]
    public async Task Data_and_control_come_in_turns_each_with_an_id_that_resumes()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(
            ScriptedBackend.SayAndEnd(
                Say.Subscribed(last: 2),
                Say.Replay(Say.Events(1, 2)),
                Say.Live(Say.Event(3)),
                Say.Live(Say.Completed(4))
            )
        );
        await using var reader = await bridge.StreamAsync();

        await reader.ToEndAsync();

        Assert.Equal([1, 2, 3, 4], reader.Ids);
        var last = reader.Controls[^1];
        Assert.Equal(
            (EventsBridge.Offset(4), true, true),
            ((string?)last["streamNextOffset"], (bool)last["upToDate"]!, (bool)last["streamClosed"]!)
        );
        Assert.False(last.ContainsKey("streamCursor"));
        Assert.All(
            reader.Controls.SkipLast(1),
            control => Assert.True(control.ContainsKey("streamCursor") || control.ContainsKey("streamClosed"))
        );
        Assert.All(reader.All, item => Assert.NotNull(item.EventId));
        Assert.All(
            reader.All.Zip(reader.All.Skip(1)).Where(pair => pair.First.EventType == "data"),
            pair => Assert.Equal(("control", pair.First.EventId), (pair.Second.EventType, pair.Second.EventId))
        );
        Assert.Equal(
            reader.All.Where(item => item.EventType == "control").Select(item => item.EventId),
            reader.Controls.Select(control => (string?)control["streamNextOffset"])
        );
    }

    [Fact]
    public async Task Its_headers_keep_proxies_from_collecting_changing_and_storing_it()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 0));
        await using var reader = await bridge.StreamAsync("?offset=now&live=sse");

        var headers = reader.Response.Headers.NonValidated;

        Assert.Equal("text/event-stream", reader.Response.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("no-cache, no-transform", headers["Cache-Control"].ToString());
        Assert.Equal("no", headers["X-Accel-Buffering"].ToString());
        Assert.Equal("nosniff", headers["X-Content-Type-Options"].ToString());
        Assert.Null(reader.Response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task From_now_on_its_first_word_is_where_now_is()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 6), Say.Live(Say.Event(7)));
        await using var reader = await bridge.StreamAsync("?offset=now&live=sse");

        var first = await reader.ControlAsync();
        await reader.UntilAsync(7);

        Assert.Equal(EventsBridge.Offset(6), (string?)first["streamNextOffset"]);
    }

    [Fact]
    public async Task Last_event_id_wins_over_the_offset_in_the_url()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(Say.Event(3)));
        await using var reader = await bridge.StreamAsync("?offset=-1&live=sse", ("Last-Event-ID", EventsBridge.Offset(2)));

        await reader.UntilAsync(3);

        Assert.Equal((2, Say.Epoch), (bridge.Backend.Requests.Single().AfterEventId, bridge.Backend.Requests.Single().Epoch));
    }

    [Fact]
    public async Task An_event_source_that_comes_back_after_the_end_gets_204_and_stops()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 2, ended: true), Say.Replay()));

        var back = await bridge.GetAsync("?offset=-1&live=sse", EventsBridge.Job, ("Last-Event-ID", EventsBridge.Offset(2)));
        await using var other = await bridge.StreamAsync($"?offset={EventsBridge.Offset(2)}&live=sse");
        await other.ToEndAsync();

        Assert.Equal((204, ""), (back.Status, back.Body));
        Assert.True((bool)Assert.Single(other.Controls)["streamClosed"]!);
    }

    [Fact]
    public async Task A_comment_comes_every_15_s()
    {
        var clock = new Clock();
        await using var bridge = await EventsBridge.OpenAsync(clock);
        bridge.Backend.Next(Say.Subscribed(last: 0));
        await using var client = await RawClient.ConnectAsync(bridge.Gateway.HttpUrl);
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET {EventsBridge.Job}?offset=now&live=sse HTTP/1.0\r\nHost: localhost\r\n\r\n"));
        await bridge.Gateway.WaitsAsync();

        clock.Advance(TimeSpan.FromSeconds(15));
        clock.Advance(TimeSpan.FromSeconds(15));
        await bridge.Gateway.StopAsync();
        var text = Encoding.UTF8.GetString(await client.ReadRestAsync());

        Assert.Contains("\n\n:\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_known_before_the_first_event_is_told_by_the_status()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.Fail(Grpc.Core.StatusCode.NotFound));

        var answer = await bridge.GetAsync("?offset=-1&live=sse");

        Assert.Equal((404, "job_not_found", "application/problem+json"), (answer.Status, answer.Code, answer["Content-Type"]));
    }

    [Fact]
    public async Task What_goes_wrong_later_is_a_control_event_before_the_end()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2))));
        bridge.Backend.Next(ScriptedBackend.Fail(Grpc.Core.StatusCode.OutOfRange, ("earliest-event-id", "9"), ("latest-event-id", "12")));
        await using var reader = await bridge.StreamAsync();

        await reader.ToEndAsync();

        var last = reader.Controls[^1];
        Assert.Equal(("history_truncated", 9, 12), ((string?)last["code"], (int)last["earliestEventId"]!, (int)last["latestEventId"]!));
        Assert.Equal(
            (false, "ended", EventsBridge.Offset(2)),
            ((bool)last["retryable"]!, (string?)last["subscription"], (string?)last["streamNextOffset"])
        );
    }

    [Fact]
    public async Task An_outage_is_a_control_event_and_what_was_missed_follows()
    {
        var clock = new Clock();
        await using var bridge = await EventsBridge.OpenAsync(clock);
        var isBack = false;
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 1), Say.Replay(Say.Event(1))));
        bridge.Backend.Always(
            (request, stream, cancelled) =>
                isBack
                    ? ScriptedBackend.Say(Say.Subscribed(last: 2), Say.Replay(Say.Event(2)))(request, stream, cancelled)
                    : ScriptedBackend.Fail(Grpc.Core.StatusCode.Unavailable)(request, stream, cancelled)
        );
        await using var reader = await bridge.StreamAsync();
        await reader.UntilAsync(1);
        using var stop = new CancellationTokenSource();
        var ticking = TickAsync(clock, stop.Token);

        while (reader.Controls.TrueForAll(control => !control.ContainsKey("code")))
        {
            await reader.NextAsync();
        }

        isBack = true;
        await reader.UntilAsync(2);
        await stop.CancelAsync();
        await ticking;

        var told = reader.Controls.Find(control => control.ContainsKey("code"))!;
        Assert.Equal(
            ("backend_unavailable", true, "kept"),
            ((string?)told["code"], (bool)told["retryable"]!, (string?)told["subscription"])
        );
    }

    private static async Task TickAsync(Clock clock, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Delay(1, CancellationToken.None);
        }
    }
}
