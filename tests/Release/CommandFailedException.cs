namespace OptimizationGateway.Release;

/// <summary>A program that this one needs has failed; the message has what it said.</summary>
internal sealed class CommandFailedException(string message, Exception? cause = null) : Exception(message, cause);
