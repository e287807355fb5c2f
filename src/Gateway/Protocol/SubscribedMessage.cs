namespace OptimizationGateway.Gateway.Protocol;

/// <summary>One <c>subscribed</c> message, PROTOCOL.md section 3, and whether the job had ended.</summary>
/// <param name="Epoch">The log's epoch; empty if the backend doesn't say.</param>
/// <param name="LastEventId">The newest id; null if the backend doesn't say.</param>
/// <param name="EarliestEventId">The oldest id that is left, if older ones are gone.</param>
/// <param name="IsJobsEnd">True if the job has ended, and no event follows.</param>
internal sealed record SubscribedMessage(string Epoch, long? LastEventId, long? EarliestEventId, bool IsJobsEnd);
