using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The parts that all sessions of a gateway share.</summary>
/// <param name="Limits">The limits of each client.</param>
/// <param name="Outbox">The bounds of what waits for each client.</param>
/// <param name="KeepsTimelines">True if connections keep timelines, for the inspector.</param>
/// <param name="Metrics">Counts messages, events and faults.</param>
/// <param name="Logger">Logs ends and faults.</param>
internal sealed record SessionEnvironment(
    SessionLimits Limits,
    OutboxLimits Outbox,
    bool KeepsTimelines,
    TimeProvider Time,
    GatewayMetrics Metrics,
    ILogger<Session> Logger
)
{
    /// <returns>A new timeline; null if connections keep none.</returns>
    public Timeline? NewTimeline() => KeepsTimelines ? new Timeline(Time) : null;
}
