namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>That an error was sent to a client.</summary>
/// <param name="Code">Its code, PROTOCOL.md section 6.</param>
/// <param name="At">When.</param>
internal sealed record SentError(string Code, DateTimeOffset At);
