namespace OptimizationGateway.Gateway.Upstream;

/// <summary>A compressed message is damaged or unfolds to more than is allowed. The fault is the message's, not the transport's.</summary>
internal sealed class UnreadableMessageException(string message, Exception? cause = null) : Exception(message, cause);
