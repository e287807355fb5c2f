using System.Diagnostics.Metrics;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The instruments of the meter <c>OptimizationGateway</c>. Tags come from closed sets and from the settings only.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "OptimizationGateway";

    /// <summary>The type of what isn't a message of the protocol.</summary>
    public const string NoType = "none";

    /// <summary>The cause of a reopened stream that was closed because its client was slow.</summary>
    private const string HeldBack = "HeldBack";

    /// <summary>
    /// From a fifth of a millisecond, the time of a quiet gateway, to the minute after which a stream is reopened; in seconds.
    /// </summary>
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
    private readonly Counter<long> jobsAsked;
    private readonly UpDownCounter<int> feeds;
    private readonly Counter<long> viewersJoined;
    private readonly Counter<long> viewersFallen;

    public GatewayMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        meter = meters.Create(MeterName);
        connections = meter.CreateUpDownCounter<int>("gateway.connections", "{connection}", "Connections that are open, by transport.");
        refusals = Count("gateway.connections.refused", "{connection}", "Requests refused before the upgrade, by reason.");
        ends = Count("gateway.connections.ended", "{connection}", "Connections that have ended, by transport and reason.");
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
        jobsAsked = Count("gateway.upstream.lists", "{call}", "Calls of JobsService, by backend and result.");
        feeds = meter.CreateUpDownCounter<int>("gateway.feeds", "{feed}", "Jobs whose stream their viewers share.");
        viewersJoined = Count("gateway.feeds.joined", "{viewer}", "Subscriptions that joined a stream that was open already.");
        viewersFallen = Count("gateway.feeds.fallen", "{viewer}", "Subscriptions that fell behind and got a stream of their own.");
    }

    /// <summary>
    /// Sets every counter to 0 for each value that its tags can have. Otherwise it would appear with its first value, and a rate or an
    /// increase doesn't see that.
    /// </summary>
    public void StartAtZero(TagValues values)
    {
        Zero(refusals, "reason", values.Refusals);
        foreach (var transport in values.Transports)
        {
            connections.Add(0, Tag("transport", transport));
            Zero(ends, "reason", values.Ends, Tag("transport", transport));
        }

        Zero(aborts, "cause", values.Ends);
        Zero(messagesReceived, "type", values.Received);
        Zero(messagesSent, "type", values.Sent);
        Zero(eventsSent, "type", values.WithEvents);
        eventsDropped.Add(0);
        feeds.Add(0);
        viewersJoined.Add(0);
        viewersFallen.Add(0);
        foreach (var state in values.States)
        {
            subscriptions.Add(0, Tag("state", state));
        }

        foreach (var backend in values.Backends)
        {
            streams.Add(0, Tag("backend", backend));
            streamsOpened.Add(0, Tag("backend", backend));
            Zero(streamsBroken, "cause", values.Causes, Tag("backend", backend));
            Zero(streamsReopened, "cause", [.. values.Causes, HeldBack], Tag("backend", backend));
            Zero(jobsAsked, "result", values.ListResults, Tag("backend", backend));
        }
    }

    /// <summary>Exports 1, with the build as tags.</summary>
    public void ObserveBuild() =>
        meter.CreateObservableGauge(
            "gateway.build.info",
            () => new Measurement<int>(1, Tag("version", BuildVersion.Version), Tag("commit", BuildVersion.Commit)),
            unit: null,
            "1, with the version and the commit of the build."
        );

    /// <summary>Exports a number that is read with the metrics, such as a limit that an alert compares a use with.</summary>
    public void ObserveGauge(string name, string unit, string description, Func<long> value) =>
        meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>
    /// Exports the bytes in all outboxes. They are summed only when the metrics are read, so that sending costs nothing more.
    /// </summary>
    public void ObserveOutboxes(Func<long> queuedBytes) =>
        meter.CreateObservableUpDownCounter("gateway.outbox.bytes", queuedBytes, "By", "Bytes that wait for clients.");

    /// <summary>Exports the memory of the events that are held for the viewers of all jobs.</summary>
    public void ObserveFeeds(Func<long> bytes) =>
        meter.CreateObservableUpDownCounter("gateway.feeds.bytes", bytes, "By", "Bytes of events that are held for viewers.");

    /// <summary>Exports 1 while the gateway drains; <c>gateway.connections</c> shows the progress.</summary>
    public void ObserveDraining(Func<bool> isDraining) =>
        meter.CreateObservableGauge("gateway.draining", () => isDraining() ? 1 : 0, "1", "1 while the gateway drains, else 0.");

    /// <summary>Exports a number of each backend.</summary>
    public void ObserveBackends(string name, string? unit, string description, Func<IEnumerable<(string Backend, int Value)>> values) =>
        meter.CreateObservableGauge(
            name,
            () => values().Select(b => new Measurement<int>(b.Value, Tag("backend", b.Backend))),
            unit,
            description
        );

    public void ConnectionOpened(string transport) => connections.Add(1, Tag("transport", transport));

    public void ConnectionClosed(string transport) => connections.Add(-1, Tag("transport", transport));

    public void ConnectionEnded(string transport, string reason) => ends.Add(1, Tag("transport", transport), Tag("reason", reason));

    public void ConnectionRefused(string reason) => refusals.Add(1, Tag("reason", reason));

    /// <summary>Counts a connection that ended without a close frame.</summary>
    public void ConnectionAborted(string cause) => aborts.Add(1, Tag("cause", cause));

    public void SubscriptionStarted(string state) => subscriptions.Add(1, Tag("state", state));

    public void SubscriptionMoved(string from, string to)
    {
        SubscriptionEnded(from);
        SubscriptionStarted(to);
    }

    public void SubscriptionEnded(string state) => subscriptions.Add(-1, Tag("state", state));

    /// <param name="type">The message's type; <c>none</c> for one that isn't of the protocol.</param>
    public void MessageReceived(string type) => messagesReceived.Add(1, Tag("type", type));

    /// <summary>Counts a message that a client's socket has taken, and the events in it.</summary>
    public void MessageSent(string type, int events)
    {
        messagesSent.Add(1, Tag("type", type));
        if (events > 0)
        {
            eventsSent.Add(events, Tag("type", type));
        }
    }

    /// <summary>Measures a live event that a client's socket has taken.</summary>
    /// <param name="readAt">The timestamp of the clock when the event was read from the backend's stream.</param>
    /// <param name="happenedAt">The event's own timestamp, in ticks of UTC.</param>
    public void LiveEventSent(long readAt, long happenedAt)
    {
        if (!eventDelay.Enabled && !eventAge.Enabled)
        {
            return;
        }

        eventDelay.Record(time.GetElapsedTime(readAt).TotalSeconds);

        // A backend whose clock is ahead sends events from the future.
        eventAge.Record(Math.Max(0, TimeSpan.FromTicks(time.GetUtcNow().UtcTicks - happenedAt).TotalSeconds));
    }

    public void EventsDropped(int count) => eventsDropped.Add(count);

    public void StreamOpened(string backend)
    {
        var tag = Tag("backend", backend);
        streamsOpened.Add(1, tag);
        streams.Add(1, tag);
    }

    public void StreamClosed(string backend) => streams.Add(-1, Tag("backend", backend));

    public void FeedOpened() => feeds.Add(1);

    public void FeedClosed() => feeds.Add(-1);

    /// <summary>Counts a subscription that shares a stream that was open already.</summary>
    public void ViewerJoined() => viewersJoined.Add(1);

    /// <summary>Counts a subscription that fell behind and gets a stream of its own.</summary>
    public void ViewerFell() => viewersFallen.Add(1);

    /// <param name="backend">Its name in the settings.</param>
    /// <param name="cause">The fault that broke the stream before; null if it was closed because its client was slow.</param>
    public void StreamReopened(string backend, string? cause) =>
        streamsReopened.Add(1, Tag("backend", backend), Tag("cause", cause ?? HeldBack));

    public void StreamBroke(string backend, string cause) => streamsBroken.Add(1, Tag("backend", backend), Tag("cause", cause));

    public void JobsAsked(string backend, string result) => jobsAsked.Add(1, Tag("backend", backend), Tag("result", result));

    private static void Zero(
        Counter<long> counter,
        string tag,
        IReadOnlyList<string> values,
        params ReadOnlySpan<KeyValuePair<string, object?>> others
    )
    {
        foreach (var value in values)
        {
            counter.Add(0, [.. others, Tag(tag, value)]);
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private Counter<long> Count(string name, string unit, string description) => meter.CreateCounter<long>(name, unit, description);
}
