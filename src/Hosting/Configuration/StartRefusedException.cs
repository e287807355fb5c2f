namespace OptimizationGateway.Hosting.Configuration;

/// <summary>Thrown if a program can't start as it is configured. The message names the cause and the setting to change.</summary>
public sealed class StartRefusedException(string message) : Exception(message);
