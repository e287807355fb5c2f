using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>What all sessions of a gateway share.</summary>
/// <param name="Limits">What a client may do.</param>
/// <param name="KeepsTimelines">Whether somebody may ask what happened on a connection.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Counts what happens.</param>
/// <param name="Logger">Is told of ends and faults.</param>
internal sealed record SessionEnvironment(
    SessionLimits Limits,
    bool KeepsTimelines,
    TimeProvider Time,
    GatewayMetrics Metrics,
    ILogger<Session> Logger
)
{
    /// <returns>Null where nobody asks.</returns>
    public Timeline? NewTimeline() => KeepsTimelines ? new Timeline(Time) : null;
}
