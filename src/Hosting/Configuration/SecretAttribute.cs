namespace OptimizationGateway.Hosting.Configuration;

/// <summary>Marks a setting whose value is never shown, neither by <c>--check-config</c> nor in errors.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
