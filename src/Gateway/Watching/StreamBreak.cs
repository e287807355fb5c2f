using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>That a stream broke.</summary>
/// <param name="Cause">How.</param>
/// <param name="At">When.</param>
internal sealed record StreamBreak(WatchFaultKind Cause, DateTimeOffset At);
