using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Transports;
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
            Transports = TagValue.All<TransportKind>(),
            Ends = Enum.GetNames<SessionEndReason>(),
            Received = [.. TagValue.All<ClientMessageType>(), GatewayMetrics.NoType],
            Sent = TagValue.All<ServerMessageType>(),
            WithEvents = [TagValue.Of(ServerMessageType.Event), TagValue.Of(ServerMessageType.Replay)],
            States = TagValue.All<SubscriptionState>(),
            Backends = [.. backends],
            Causes = Enum.GetNames<WatchFaultKind>(),
            ListResults = JobsAnswer.Results,
        };
}
