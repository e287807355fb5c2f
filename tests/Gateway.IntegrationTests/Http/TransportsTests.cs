using OptimizationGateway.Gateway.IntegrationTests.Inspection;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>Operators can tell connections apart by their transport: in the metrics and in the inspector.</summary>
public sealed class TransportsTests
{
    private static readonly string[] Kinds = ["catchup", "longpoll", "sse", "websocket"];

    [Fact]
    public async Task Metrics_and_inspector_tell_the_transport_of_each_connection()
    {
        await using var bridge = await EventsBridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        using var meter = new Readings(bridge.Gateway);
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
        var socket = await bridge.Gateway.ConnectAsync();
        var stream = await bridge.StreamAsync();
        using var gone = new CancellationTokenSource();
        var poll = bridge.Http.GetAsync($"{EventsBridge.Job}?offset=-1&live=long-poll", gone.Token);

        await TestGateway.EventuallyAsync(() => meter["gateway.connections"] == 3, "all are there");
        Assert.Equal([0, 1, 1, 1], Kinds.Select(kind => meter["gateway.connections", kind]));
        var page = await inspector.ReadAsync("inspector/connections");
        Assert.Equal(
            ["longpoll", "sse", "websocket"],
            page["connections"]!.AsArray().Select(one => (string?)one!["who"]!["transport"]).Order(StringComparer.Ordinal)
        );

        await bridge.GetAsync();
        await socket.DisposeAsync();
        await stream.DisposeAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);

        await TestGateway.EventuallyAsync(() => meter["gateway.connections"] == 0, "all are gone");
        Assert.Equal([1, 1, 1, 1], Kinds.Select(kind => meter["gateway.connections.ended", kind]));
    }
}
