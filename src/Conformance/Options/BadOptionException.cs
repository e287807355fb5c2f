namespace OptimizationGateway.Conformance.Options;

/// <summary>The command line makes no sense; the message says what to change.</summary>
internal sealed class BadOptionException(string message) : Exception(message);
