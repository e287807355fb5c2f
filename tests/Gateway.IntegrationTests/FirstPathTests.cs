using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

public sealed class FirstPathTests
{
    [Fact]
    public async Task The_documented_client_sees_history_and_then_live_events()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(backend.Url);
        await using var client = await gateway.ConnectAsync();
        backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2)), Say.Live(Say.Event(3)), Say.Live(Say.Completed(4)));

        await client.SubscribeAsync("job-1", 0);
        var messages = await client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay", "event", "event", "unsubscribed"], messages.Select(m => (string)m["type"]!));
        Assert.Equal([1, 2, 3, 4], client.EventIds("job-1"));
        Assert.Equal("job_ended", (string?)messages[^1]["reason"]);
    }
}
