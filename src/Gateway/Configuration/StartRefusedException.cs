namespace OptimizationGateway.Gateway.Configuration;

/// <summary>The gateway doesn't start as it is configured; the message says why and which setting to change.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
