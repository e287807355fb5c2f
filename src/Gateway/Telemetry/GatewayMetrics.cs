using System.Diagnostics.Metrics;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>What the gateway counts, under the meter <c>OptimizationGateway</c>. Tags come from closed sets and from the settings only.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "OptimizationGateway";

    /// <summary>From a fifth of a millisecond, the time of a quiet gateway, to the minute after which a stream is reopened; in seconds.</summary>
    private static readonly InstrumentAdvice<double> DelayBuckets = new()
    {
        HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private readonly TimeProvider time;
    private readonly Meter meter;
    private readonly UpDownCounter<int> connections;
    private readonly Counter<long> refusals;
    private readonly Counter<long> ends;
    private readonly Counter<long> aborts;
    private readonly UpDownCounter<int> subscriptions;
    private readonly Counter<long> messagesReceived;
    private readonly Counter<long> messagesSent;
    private readonly Counter<long> eventsSent;
    private readonly Histogram<double> eventDelay;
    private readonly Histogram<double> eventAge;
    private readonly Counter<long> eventsDropped;
    private readonly UpDownCounter<int> streams;
    private readonly Counter<long> streamsOpened;
    private readonly Counter<long> streamsReopened;
    private readonly Counter<long> streamsBroken;

    public GatewayMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        meter = meters.Create(MeterName);
        connections = meter.CreateUpDownCounter<int>("gateway.connections", "{connection}", "WebSockets that are open.");
        refusals = Count("gateway.connections.refused", "{connection}", "Requests refused before the upgrade, by reason.");
        ends = Count("gateway.connections.ended", "{connection}", "WebSockets that have ended, by reason.");
        aborts = Count("gateway.connections.aborted", "{connection}", "WebSockets that ended without a close frame, by cause.");
        subscriptions = meter.CreateUpDownCounter<int>("gateway.subscriptions", "{subscription}", "Subscriptions, by state.");
        messagesReceived = Count("gateway.messages.received", "{message}", "Client messages, by type.");
        messagesSent = Count("gateway.messages.sent", "{message}", "Messages that a client's socket has taken, by type.");
        eventsSent = Count("gateway.events.sent", "{event}", "Events that a client's socket has taken: live ones and replayed ones.");
        eventDelay = meter.CreateHistogram(
            "gateway.event.delay",
            "s",
            "From reading a live event off the backend's stream until the client's socket has taken it.",
            advice: DelayBuckets
        );
        eventAge = meter.CreateHistogram(
            "gateway.event.age",
            "s",
            "From a live event's own timestamp until the client's socket has taken it. Both clocks are in it.",
            advice: DelayBuckets
        );
        eventsDropped = Count("gateway.events.dropped", "{event}", "Events that a client had already, or after a terminal one.");
        streams = meter.CreateUpDownCounter<int>("gateway.upstream.streams", "{stream}", "WatchJob calls that are open, by backend.");
        streamsOpened = Count("gateway.upstream.opened", "{stream}", "WatchJob calls, by backend.");
        streamsReopened = Count(
            "gateway.upstream.reopened",
            "{stream}",
            "WatchJob calls opened again at their cursor, by backend and by what ended the one before."
        );
        streamsBroken = Count("gateway.upstream.broken", "{stream}", "WatchJob calls that failed, by backend and cause.");
    }

    /// <summary>Exports what waits in all outboxes; asked for when somebody reads the metrics, so that sending stays free of it.</summary>
    public void ObserveOutboxes(Func<long> queuedBytes) =>
        meter.CreateObservableUpDownCounter("gateway.outbox.bytes", queuedBytes, "By", "Bytes that wait for clients.");

    /// <summary>Exports whether the gateway is on its way out; how far it has come is in <c>gateway.connections</c>.</summary>
    public void ObserveDraining(Func<bool> isDraining) =>
        meter.CreateObservableGauge("gateway.draining", () => isDraining() ? 1 : 0, "1", "1 while the gateway drains, else 0.");

    /// <summary>Exports how the backends are, as /health/ready tells it.</summary>
    public void ObserveBackends(Func<IEnumerable<(string Name, bool IsUp)>> backends) =>
        meter.CreateObservableGauge(
            "gateway.upstream.up",
            () => backends().Select(b => new Measurement<int>(b.IsUp ? 1 : 0, Tag("backend", b.Name))),
            unit: null,
            "1 where a backend is ok, 0 where it is troubled, by backend."
        );

    public void ConnectionOpened() => connections.Add(1);

    public void ConnectionClosed() => connections.Add(-1);

    public void ConnectionEnded(SessionEndReason reason) => ends.Add(1, Tag("reason", reason.ToString()));

    public void ConnectionRefused(Refusal reason) => refusals.Add(1, Tag("reason", reason.Name));

    /// <summary>A connection is gone without a close frame, by our own hand or the network's.</summary>
    public void ConnectionAborted(SessionEndReason cause) => aborts.Add(1, Tag("cause", cause.ToString()));

    public void SubscriptionStarted(SubscriptionState state) => subscriptions.Add(1, SubscriptionTags.Of(state));

    public void SubscriptionMoved(SubscriptionState from, SubscriptionState to)
    {
        subscriptions.Add(-1, SubscriptionTags.Of(from));
        subscriptions.Add(1, SubscriptionTags.Of(to));
    }

    public void SubscriptionEnded(SubscriptionState state) => subscriptions.Add(-1, SubscriptionTags.Of(state));

    /// <param name="type">Which message; null for one that is none of the protocol's.</param>
    public void MessageReceived(ClientMessageType? type) => messagesReceived.Add(1, MessageTags.Of(type));

    /// <summary>A client's socket has taken a message.</summary>
    public void MessageSent(in MessageFacts facts)
    {
        messagesSent.Add(1, MessageTags.Of(facts.Type));
        if (facts.Events == 0)
        {
            return;
        }

        eventsSent.Add(facts.Events, MessageTags.Of(facts.Type));
        if (facts.Type == ServerMessageType.Event && (eventDelay.Enabled || eventAge.Enabled))
        {
            eventDelay.Record(time.GetElapsedTime(facts.ReadAt).TotalSeconds);

            // A backend whose clock is ahead sends events from the future.
            eventAge.Record(Math.Max(0, TimeSpan.FromTicks(time.GetUtcNow().UtcTicks - facts.HappenedAt).TotalSeconds));
        }
    }

    public void EventsDropped(int count) => eventsDropped.Add(count);

    public void StreamOpened(string backend)
    {
        var tag = Tag("backend", backend);
        streamsOpened.Add(1, tag);
        streams.Add(1, tag);
    }

    public void StreamClosed(string backend) => streams.Add(-1, Tag("backend", backend));

    /// <param name="backend">Its name in the settings.</param>
    /// <param name="cause">What broke the stream before; null where it was let go because its client took nothing for a while.</param>
    public void StreamReopened(string backend, WatchFaultKind? cause) =>
        streamsReopened.Add(1, Tag("backend", backend), Tag("cause", cause?.ToString() ?? "HeldBack"));

    public void StreamBroke(string backend, WatchFaultKind cause) =>
        streamsBroken.Add(1, Tag("backend", backend), Tag("cause", cause.ToString()));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private Counter<long> Count(string name, string unit, string description) => meter.CreateCounter<long>(name, unit, description);
}
