namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One subscription in a list of connections.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Condition">How it is doing, in a word.</param>
/// <param name="Cursor">The last event that the client's socket has taken.</param>
/// <param name="Head">The newest event that is known here.</param>
internal sealed record SubscriptionRow(string JobId, Condition Condition, long? Cursor, long? Head);
