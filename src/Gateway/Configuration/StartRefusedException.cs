namespace OptimizationGateway.Gateway.Configuration;

/// <summary>Thrown if the gateway can't start as it is configured. The message names the cause and the setting to change.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
