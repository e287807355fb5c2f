using System.Diagnostics.Metrics;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>What the gateway counts, under the meter <c>OptimizationGateway</c>. Tags come from closed sets and from the settings only.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "OptimizationGateway";

    private readonly UpDownCounter<int> connections;
    private readonly UpDownCounter<int> subscriptions;
    private readonly Counter<long> streamsOpened;
    private readonly Counter<long> streamsBroken;
    private readonly Counter<long> eventsDropped;
    private readonly Counter<long> slowReaders;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        connections = meter.CreateUpDownCounter<int>("gateway.connections", "{connection}", "WebSockets that are open.");
        subscriptions = meter.CreateUpDownCounter<int>("gateway.subscriptions", "{subscription}", "Subscriptions, opening or open.");
        streamsOpened = meter.CreateCounter<long>("gateway.upstream.opened", "{stream}", "WatchJob calls, by backend.");
        streamsBroken = meter.CreateCounter<long>(
            "gateway.upstream.broken",
            "{stream}",
            "WatchJob calls that failed, by backend and cause."
        );
        eventsDropped = meter.CreateCounter<long>(
            "gateway.events.dropped",
            "{event}",
            "Events that a client had already, or after a terminal one."
        );
        slowReaders = meter.CreateCounter<long>(
            "gateway.connections.stuck",
            "{connection}",
            "WebSockets aborted because their reader took nothing."
        );
    }

    public void ConnectionOpened() => connections.Add(1);

    public void ConnectionClosed() => connections.Add(-1);

    public void SubscriptionStarted() => subscriptions.Add(1);

    public void SubscriptionEnded() => subscriptions.Add(-1);

    public void StreamOpened(string backend) => streamsOpened.Add(1, new KeyValuePair<string, object?>("backend", backend));

    public void StreamBroke(string backend, WatchFaultKind cause) =>
        streamsBroken.Add(1, new("backend", backend), new("cause", cause.ToString()));

    public void EventsDropped(int count) => eventsDropped.Add(count);

    public void ReaderStuck() => slowReaders.Add(1);
}
