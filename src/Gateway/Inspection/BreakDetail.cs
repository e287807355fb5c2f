namespace OptimizationGateway.Gateway.Inspection;

/// <summary>That a stream broke.</summary>
/// <param name="Cause">How, by the names of the metric and the log.</param>
/// <param name="At">When.</param>
internal sealed record BreakDetail(string Cause, DateTimeOffset At);
