namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>An error that was sent to a client.</summary>
/// <param name="Code">Its code, PROTOCOL.md section 6.</param>
/// <param name="At">The time.</param>
internal sealed record SentError(string Code, DateTimeOffset At);
