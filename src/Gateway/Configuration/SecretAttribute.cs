namespace OptimizationGateway.Gateway.Configuration;

/// <summary>The setting's value is told to nobody: <c>--check-config</c> and what is said about faults leave it out.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
