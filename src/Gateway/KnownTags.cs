using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway;

/// <summary>Collects the values of the metrics' tags from the folders that own them.</summary>
internal static class KnownTags
{
    /// <param name="backends">The backends' names in the settings.</param>
    public static TagValues Of(IEnumerable<string> backends) =>
        new()
        {
            Refusals = Refusal.Names,
            Ends = Enum.GetNames<SessionEndReason>(),
            Received = [.. Members<ClientMessageType>(), GatewayMetrics.NoType],
            Sent = [.. Members<ServerMessageType>()],
            WithEvents = [TagValue.Of(ServerMessageType.Event), TagValue.Of(ServerMessageType.Replay)],
            States = [.. Members<SubscriptionState>()],
            Backends = [.. backends],
            Causes = Enum.GetNames<WatchFaultKind>(),
        };

    private static IEnumerable<string> Members<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(TagValue.Of);
}
