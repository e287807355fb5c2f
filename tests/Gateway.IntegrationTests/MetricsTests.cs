using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What an operator reads off the meter while things happen, and that every gauge is back at zero afterwards.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Gauges_follow_connections_subscriptions_and_streams_and_are_zero_when_all_have_left()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0)));
        await using var gateway = await TestGateway.StartAsync(backend.Url);
        using var meter = new Readings(gateway);
        var client = await gateway.ConnectAsync();
        foreach (var job in new[] { "a", "b", "c" })
        {
            await client.SubscribeAsync(job);
            await client.UntilAsync("subscribed");
        }

        Assert.Equal(1, meter["gateway.connections"]);
        Assert.Equal(3, meter["gateway.subscriptions"]);
        Assert.Equal(3, meter["gateway.upstream.streams", "test"]);

        await client.DisposeAsync();
        foreach (var gauge in new[] { "gateway.connections", "gateway.subscriptions", "gateway.upstream.streams", "gateway.outbox.bytes" })
        {
            await TestGateway.EventuallyAsync(() => meter[gauge] == 0, $"{gauge} is zero");
        }

        Assert.Equal(3, meter["gateway.upstream.opened"]);
        Assert.Equal(0, meter["gateway.upstream.broken"]);
    }

    [Fact]
    public async Task What_waits_for_a_slow_reader_is_seen_and_gone_when_it_has_left()
    {
        await using var bridge = await Bridge.OpenAsync();
        using var meter = new Readings(bridge.Gateway);
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                for (var id = 1; ; id++)
                {
                    var jobEvent = Say.Event(id);
                    jobEvent.Stage = new string('x', 10_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                }
            }
        );
        var slow = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1"}""");

        await TestGateway.EventuallyAsync(() => meter["gateway.outbox.bytes"] > 400_000, "the outbox is full");
        await slow.DisposeAsync();
        await TestGateway.EventuallyAsync(() => meter["gateway.outbox.bytes"] == 0, "nothing waits");
    }

    [Fact]
    public async Task A_reopen_is_counted_by_its_cause()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        using var meter = new Readings(bridge.Gateway);
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 0)));
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 0), Say.Replay()));
        bridge.Backend.Next(Say.Subscribed(last: 0), Say.Replay());

        await bridge.Client.SubscribeAsync("job-1", 0);
        await clock.RunUntilAsync(() => bridge.Requests.Count == 3, TimeSpan.FromSeconds(10), "it was reopened twice");

        Assert.Equal(1, meter["gateway.upstream.reopened", "Unavailable"]);
        Assert.Equal(1, meter["gateway.upstream.reopened", "EndedEarly"]);
        Assert.Equal(1, meter["gateway.upstream.streams"]);
    }

    [Fact]
    public async Task The_gauge_of_a_backend_says_what_its_health_says()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        using var meter = new Readings(bridge.Gateway);
        Assert.Equal((1L, "ok"), (meter["gateway.upstream.up", "test"], await StateAsync()));

        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 0)));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.NextAsync("subscribed");
        await TestGateway.EventuallyAsync(() => meter["gateway.upstream.up", "test"] == 0, "it is down");
        Assert.Equal("troubled", await StateAsync());

        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
        await clock.RunUntilAsync(() => meter["gateway.upstream.up", "test"] == 1, TimeSpan.FromSeconds(10), "it is up");
        Assert.Equal("ok", await StateAsync());

        async Task<string?> StateAsync()
        {
            using var http = new HttpClient();
            var health = await http.GetFromJsonAsync<JsonNode>(
                new Uri(bridge.Gateway.HttpUrl, "/health/ready"),
                TestContext.Current.CancellationToken
            );
            return (string?)health!["backends"]!["test"]!["state"];
        }
    }

    [Fact]
    public async Task Refusals_are_counted_by_reason_and_aborts_by_cause()
    {
        await using var bridge = await Bridge.OpenAsync(
            clock: null,
            "Gateway:Limits:Connections=2",
            "Gateway:Limits:StuckReaderTimeout=00:00:01"
        );
        using var meter = new Readings(bridge.Gateway);
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                for (var id = 1; ; id++)
                {
                    var jobEvent = Say.Event(id);
                    jobEvent.Stage = new string('x', 10_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                }
            }
        );
        await using var stuck = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await Assert.ThrowsAsync<WebSocketException>(bridge.Gateway.ConnectAsync);
        using var http = new HttpClient();
        using var plain = await http.GetAsync(new Uri(bridge.Gateway.HttpUrl, "/ws/optimization"), TestContext.Current.CancellationToken);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"job-1"}""");

        await TestGateway.EventuallyAsync(() => meter["gateway.connections.aborted", "Stuck"] == 1, "the stuck reader is aborted");
        await TestGateway.EventuallyAsync(
            () => bridge.Gateway.Log.GetSnapshot().Any(r => r.Message.Contains(": Stuck, close code none; ", StringComparison.Ordinal)),
            "its line says that it was told nothing"
        );
        Assert.Equal(1, meter["gateway.connections.refused", "too_many_connections"]);
        Assert.Equal(1, meter["gateway.connections.refused", "upgrade_required"]);
        Assert.Equal(2, meter["gateway.connections.refused"]);
    }

    [Fact]
    public async Task Messages_are_counted_by_type_in_both_directions_and_events_by_how_they_came()
    {
        await using var bridge = await Bridge.OpenAsync();
        using var meter = new Readings(bridge.Gateway);
        bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2)), Say.Live(Say.Event(3)), Say.Live(Say.Completed(4)));

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");
        foreach (var text in new[] { """{"type":"ping"}""", """{"type":"dance"}""", "no JSON", """{"type":"unsubscribe","jobId":"a"}""" })
        {
            await bridge.Client.SendTextAsync(text);
            await bridge.Client.NextAsync();
        }

        await TestGateway.EventuallyAsync(() => meter["gateway.messages.sent"] == 9, "all nine answers are counted");
        Assert.Equal([1, 1, 1, 0, 2], Received("subscribe", "unsubscribe", "ping", "replay", "none"));
        Assert.Equal([1, 1, 2, 2, 1, 2], Sent("subscribed", "replay", "event", "unsubscribed", "pong", "error"));
        Assert.Equal(2, meter["gateway.events.sent", "type=replay"]);
        Assert.Equal(2, meter["gateway.events.sent", "type=event"]);

        IEnumerable<long> Received(params string[] types) => types.Select(type => meter["gateway.messages.received", $"type={type}"]);
        IEnumerable<long> Sent(params string[] types) => types.Select(type => meter["gateway.messages.sent", $"type={type}"]);
    }

    [Fact]
    public async Task A_subscription_is_opening_then_open_then_waiting_for_its_backend_and_open_again()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        using var meter = new Readings(bridge.Gateway);
        var confirm = new TaskCompletionSource();
        var crash = new TaskCompletionSource();
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await confirm.Task;
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                await crash.Task;
                throw new RpcException(new Status(StatusCode.Unavailable, "scripted"));
            }
        );

        await bridge.Client.SubscribeAsync("job-1");
        await TestGateway.EventuallyAsync(() => States() == (1, 0, 0), "it is opening");
        confirm.SetResult();
        await bridge.Client.NextAsync("subscribed");
        Assert.Equal((0, 1, 0), States());
        crash.SetResult();
        await clock.RunUntilAsync(() => States() == (0, 0, 1), TimeSpan.FromSeconds(10), "it waits for its backend");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Event(1))));
        await clock.RunUntilAsync(() => States() == (0, 1, 0), TimeSpan.FromSeconds(30), "it is open again");

        (long, long, long) States() =>
            (
                meter["gateway.subscriptions", "state=opening"],
                meter["gateway.subscriptions", "state=open"],
                meter["gateway.subscriptions", "state=waiting"]
            );
    }

    [Fact]
    public async Task Live_events_are_timed_from_their_own_timestamp_and_from_the_backends_stream_to_the_socket()
    {
        var clock = new Clock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var bridge = await Bridge.OpenAsync(clock);
        using var delay = new MetricCollector<double>(Meters(bridge.Gateway), GatewayMetrics.MeterName, "gateway.event.delay");
        using var age = new MetricCollector<double>(Meters(bridge.Gateway), GatewayMetrics.MeterName, "gateway.event.age");
        var (past, future) = (Say.Event(1), Say.Event(2));
        past.Timestamp = Timestamp.FromDateTimeOffset(clock.GetUtcNow().AddSeconds(-90));
        future.Timestamp = Timestamp.FromDateTimeOffset(clock.GetUtcNow().AddSeconds(5));
        bridge.Backend.Next(Say.Subscribed(last: 0), Say.Live(past), Say.Live(future));

        await bridge.Client.SubscribeAsync("job-1");
        await bridge.Client.UntilAsync(message => message["event"]?["id"]?.GetValue<long>() == 2);

        await age.WaitForMeasurementsAsync(2, TestClient.Deadline);
        Assert.Equal([90, 0], age.GetMeasurementSnapshot().Select(measured => measured.Value));
        Assert.Equal([0, 0], delay.GetMeasurementSnapshot().Select(measured => measured.Value));
    }

    [Fact]
    public async Task A_connection_is_one_line_in_the_log()
    {
        await using var bridge = await Bridge.OpenAsync();
        using var meter = new Readings(bridge.Gateway);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2)));
        await bridge.Client.UntilAsync("replay");
        await bridge.Client.CloseAsync();

        await TestGateway.EventuallyAsync(() => Lines().Any(), "it is logged");
        Assert.Equal(1, meter["gateway.connections.ended", "ClientClosed"]);
        Assert.Matches(
            "^Connection [0-9A-Z]+ ended after 00:00:.*: ClientClosed, close code 1000; 1 messages received, 2 sent with 2 events in [1-9][0-9]+ bytes.$",
            Assert.Single(Lines())
        );

        IEnumerable<string> Lines() =>
            bridge
                .Gateway.Log.GetSnapshot()
                .Select(record => record.Message)
                .Where(text => text.StartsWith("Connection ", StringComparison.Ordinal));
    }

    private static IMeterFactory Meters(TestGateway gateway) => gateway.Services.GetRequiredService<IMeterFactory>();
}
