using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary><c>Gateway:Limits:ConnectionAge</c>: connections spread over a fleet again by themselves.</summary>
public sealed class ConnectionAgeTests
{
    [Fact]
    public async Task A_connection_is_asked_to_come_back_at_its_age_and_a_resume_misses_nothing()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(
            clock,
            "Gateway:Limits:ConnectionAge=00:10:00",
            "Gateway:Limits:PingInterval=01:00:00"
        );
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));
        await bridge.Client.NextAsync("replay");

        clock.Advance(TimeSpan.FromMinutes(7.9));
        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
        clock.Advance(TimeSpan.FromMinutes(4.2));
        await bridge.Client.ClosedAsync();

        Assert.Equal(1012, (int?)bridge.Client.CloseStatus);
        Assert.Equal("the connection has reached its age; come back", bridge.Client.CloseReason);
        await using var again = await bridge.Gateway.ConnectAsync();
        bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Event(2)));
        await again.SubscribeAsync("job-1", 1);
        await again.UntilAsync("replay");
        Assert.Equal([2L], again.EventIds("job-1"));
    }

    [Fact]
    public async Task One_for_which_something_waits_is_closed_when_it_has_it_or_half_a_minute_later()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(
            clock,
            "Gateway:Limits:ConnectionAge=00:10:00",
            "Gateway:Limits:PingInterval=01:00:00",
            "Gateway:Limits:StuckReaderTimeout=01:00:00"
        );
        var large = Enumerable.Range(1, 3_000).Select(id => Say.Event(id)).ToList();
        large.ForEach(one => one.Stage = new string('x', 4_000));
        bridge.Backend.Next(ScriptedBackend.Say([Say.Subscribed(last: 9_000), .. large.Select(one => Say.Replay(hasMore: true, one))]));
        await using var stuck = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        await TestGateway.EventuallyAsync(() => bridge.Gateway.QueuedBytes > 40_000, "events wait");

        clock.Advance(TimeSpan.FromMinutes(12.1));
        await bridge.Client.ClosedAsync();
        Assert.Equal(1, bridge.Gateway.Connections);
        clock.Advance(TimeSpan.FromSeconds(31));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.EndingConnections == 1, "the stuck one is ending");
    }

    [Fact]
    public async Task Without_the_setting_connections_last()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock, "Gateway:Limits:PingInterval=01:00:00");

        clock.Advance(TimeSpan.FromMinutes(50));

        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
    }
}
