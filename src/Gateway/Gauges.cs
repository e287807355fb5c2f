using OpenTelemetry.Metrics;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway;

/// <summary>Starts the counters at 0, and registers the gauges that are measured when they are read.</summary>
internal static class Gauges
{
    public static void Observe(IServiceProvider services)
    {
        var metrics = services.GetRequiredService<GatewayMetrics>();

        // What is measured before the exporters listen is lost.
        services.GetService<MeterProvider>();
        metrics.StartAtZero(KnownTags.Of(services.GetRequiredService<IReadOnlyDictionary<string, BackendOptions>>().Keys));
        metrics.ObserveBuild();
        metrics.ObserveOutboxes(() => services.GetRequiredService<SessionRegistry>().QueuedBytes);
        metrics.ObserveFeeds(() => services.GetRequiredService<FeedSet>().Bytes);
        ObserveBackends(metrics, services.GetRequiredService<BackendRegistry>());
        metrics.ObserveDraining(() => services.GetRequiredService<Admission>().IsClosed);
        metrics.ObserveGauge(
            "gateway.connections.per_address.most",
            "{connection}",
            "Connections of the address that has the most.",
            () => services.GetRequiredService<Admission>().BusiestAddress
        );
        var held = services.GetRequiredService<HeldMemory>();
        metrics.ObserveGauge("gateway.memory.held", "By", "Memory that is held for clients.", () => held.Bytes);
        metrics.ObserveGauge("gateway.memory.limit", "By", "The most memory that may be held for clients.", () => held.Limit);
        ObserveLimits(metrics, services.GetRequiredService<SessionLimits>(), services.GetRequiredService<FeedSet>());
    }

    private static void ObserveBackends(GatewayMetrics metrics, BackendRegistry backends)
    {
        metrics.ObserveBackends(
            "gateway.upstream.up",
            unit: null,
            "1 where a backend is ok, 0 where it is troubled, by backend.",
            () => backends.All.Select(backend => (backend.Name, backend.IsTroubled ? 0 : 1))
        );
        metrics.ObserveBackends(
            "gateway.upstream.waiting",
            "{stream}",
            "WatchJob calls that wait for their turn to be opened, by backend.",
            () => backends.All.Select(backend => (backend.Name, backend.Opens.Waiting))
        );
        metrics.ObserveBackends(
            "gateway.upstream.catchups",
            "{stream}",
            "WatchJob calls that read history and have a place for that, by backend.",
            () => backends.All.Select(backend => (backend.Name, backend.Opens.CatchUps))
        );
    }

    private static void ObserveLimits(GatewayMetrics metrics, SessionLimits limits, FeedSet feeds)
    {
        metrics.ObserveGauge("gateway.connections.limit", "{connection}", "The most connections.", () => limits.Connections);
        metrics.ObserveGauge(
            "gateway.connections.per_address.limit",
            "{connection}",
            "The most connections of one address.",
            () => limits.ConnectionsPerAddress
        );
        metrics.ObserveGauge(
            "gateway.subscriptions.per_connection.limit",
            "{subscription}",
            "The most subscriptions of one connection.",
            () => limits.SubscriptionsPerConnection
        );
        metrics.ObserveGauge("gateway.feeds.limit", "By", "The most bytes of events that are held for viewers.", () => feeds.LimitBytes);
    }
}
