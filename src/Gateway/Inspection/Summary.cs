namespace OptimizationGateway.Gateway.Inspection;

/// <summary>All connections in a few numbers, whatever was asked for.</summary>
/// <param name="Connections">How many there are.</param>
/// <param name="Subscriptions">How many subscriptions.</param>
/// <param name="Conditions">How the subscriptions are doing.</param>
/// <param name="QueuedBytes">The memory that what waits for clients occupies.</param>
/// <param name="Ended">How many of those that have ended are remembered.</param>
/// <param name="IsDraining">Whether the gateway is on its way out.</param>
/// <param name="Backends">How the backends are.</param>
internal sealed record Summary(
    int Connections,
    int Subscriptions,
    IReadOnlyDictionary<Condition, int> Conditions,
    long QueuedBytes,
    int Ended,
    bool IsDraining,
    IReadOnlyList<BackendRow> Backends
);
