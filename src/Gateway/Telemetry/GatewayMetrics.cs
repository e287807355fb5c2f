using System.Diagnostics.Metrics;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>What the gateway counts, under the meter <c>OptimizationGateway</c>. Tags come from closed sets and from the settings only.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "OptimizationGateway";

    private readonly Meter meter;
    private readonly UpDownCounter<int> connections;
    private readonly UpDownCounter<int> subscriptions;
    private readonly Counter<long> refusals;
    private readonly Counter<long> aborts;
    private readonly UpDownCounter<int> streams;
    private readonly Counter<long> streamsOpened;
    private readonly Counter<long> streamsReopened;
    private readonly Counter<long> streamsBroken;
    private readonly Counter<long> eventsDropped;

    public GatewayMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        connections = meter.CreateUpDownCounter<int>("gateway.connections", "{connection}", "WebSockets that are open.");
        subscriptions = meter.CreateUpDownCounter<int>("gateway.subscriptions", "{subscription}", "Subscriptions, opening or open.");
        refusals = meter.CreateCounter<long>(
            "gateway.connections.refused",
            "{connection}",
            "Requests refused before the upgrade, by reason."
        );
        aborts = meter.CreateCounter<long>(
            "gateway.connections.aborted",
            "{connection}",
            "WebSockets that ended without a close frame, by cause."
        );
        streams = meter.CreateUpDownCounter<int>("gateway.upstream.streams", "{stream}", "WatchJob calls that are open, by backend.");
        streamsReopened = meter.CreateCounter<long>(
            "gateway.upstream.reopened",
            "{stream}",
            "WatchJob calls opened again at their cursor, by backend and by what ended the one before."
        );
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
    }

    /// <summary>Exports what waits in all outboxes; asked for when somebody reads the metrics, so that sending stays free of it.</summary>
    public void ObserveOutboxes(Func<long> queuedBytes) =>
        meter.CreateObservableUpDownCounter("gateway.outbox.bytes", queuedBytes, "By", "Bytes that wait for clients.");

    /// <summary>Exports how the backends are, as /health/ready tells it.</summary>
    public void ObserveBackends(Func<IEnumerable<(string Name, bool IsUp)>> backends) =>
        meter.CreateObservableGauge(
            "gateway.upstream.up",
            () => backends().Select(b => new Measurement<int>(b.IsUp ? 1 : 0, new KeyValuePair<string, object?>("backend", b.Name))),
            unit: null,
            "1 where a backend is ok, 0 where it is troubled, by backend."
        );

    public void ConnectionOpened() => connections.Add(1);

    public void ConnectionClosed() => connections.Add(-1);

    public void ConnectionRefused(Refusal reason) => refusals.Add(1, new KeyValuePair<string, object?>("reason", reason.Name));

    /// <summary>A connection is gone without a close frame, by our own hand or the network's.</summary>
    public void ConnectionAborted(SessionEndReason cause) => aborts.Add(1, new KeyValuePair<string, object?>("cause", cause.ToString()));

    public void SubscriptionStarted() => subscriptions.Add(1);

    public void SubscriptionEnded() => subscriptions.Add(-1);

    public void StreamOpened(string backend)
    {
        var tag = new KeyValuePair<string, object?>("backend", backend);
        streamsOpened.Add(1, tag);
        streams.Add(1, tag);
    }

    public void StreamClosed(string backend) => streams.Add(-1, new KeyValuePair<string, object?>("backend", backend));

    /// <param name="cause">What broke the stream before; null where it was let go because its client took nothing for a while.</param>
    public void StreamReopened(string backend, WatchFaultKind? cause) =>
        streamsReopened.Add(1, new("backend", backend), new("cause", cause?.ToString() ?? "HeldBack"));

    public void StreamBroke(string backend, WatchFaultKind cause) =>
        streamsBroken.Add(1, new("backend", backend), new("cause", cause.ToString()));

    public void EventsDropped(int count) => eventsDropped.Add(count);
}
